import type { State } from "./state.ts";

interface Control {
  readonly checks: readonly { readonly id: string; readonly state: State }[];
}

/**
 * The checks that pass on the unchanged image although no mutant proves that they can fail.
 * A check that is `skip` or `unsupported` there claims nothing and needs no mutant.
 */
export const withoutMutant = (
  control: Control,
  mutants: readonly { readonly fails: readonly string[] }[],
): readonly string[] => {
  const killers = new Set(mutants.flatMap(({ fails }) => fails));
  return control.checks
    .filter(({ id, state }) => state === "pass" && !killers.has(id))
    .map(({ id }) => id)
    .toSorted();
};
