import type { AgentClient, conformance } from "../../harness/index.ts";
import type { SelectedSpec } from "./selected-spec.ts";

export type SpecSkip = ReturnType<typeof conformance>["skips"][number];

/** What decides whether a skip holds in a guest. */
export interface SkipFacts {
  /** As in `1.7.24`. */
  readonly containerd: string;
  /** Today, as in `2026-11-30`. */
  readonly today: string;
  /** Of the paths that skips name, those that are in the guest. */
  readonly present: ReadonlySet<string>;
}

/** Looks for what skips name. */
export const skipFacts = async (
  agent: Pick<AgentClient, "exists">,
  skips: readonly SpecSkip[],
  { containerd, today }: Pick<SkipFacts, "containerd" | "today">,
): Promise<SkipFacts> => {
  const present = new Set<string>();
  for (const path of new Set(skips.flatMap(({ lacks }) => lacks)))
    if (await agent.exists(path)) present.add(path);
  return { containerd, today, present };
};

/** The skip for this spec that holds in this guest, if there is one. */
export const skipOf = (
  { name }: Pick<SelectedSpec, "name">,
  skips: readonly SpecSkip[],
  facts: SkipFacts,
): SpecSkip | undefined =>
  skips.find((skip) => new RegExp(skip.match).test(name) && whyNot(skip, facts) === undefined);

/** Why a skip does not hold in this guest; undefined when it does. */
const whyNot = (
  { lacks, containerd: range, until }: SpecSkip,
  { containerd, today, present }: SkipFacts,
): string | undefined => {
  if (until !== undefined && today > until) return `it ended on ${until}`;
  if (range !== undefined && !isInRange(containerd, range))
    return `it is for containerd ${range}, and this is ${containerd}`;
  const found = lacks.find((path) => present.has(path));
  return found === undefined ? undefined : `${found} is there`;
};

const isInRange = (version: string, range: string): boolean =>
  range.split(" ").every((part) => {
    const [, word, limit = ""] = /^(>=|<)(.*)$/.exec(part) ?? [];
    return word === "<" ? compare(version, limit) < 0 : compare(version, limit) >= 0;
  });

/** By the first two numbers. */
const compare = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10)),
  );
  for (const index of [0, 1]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** What is wrong with the list of skips after a run, one sentence each. */
export const staleSkips = (
  skips: readonly SpecSkip[],
  facts: SkipFacts,
  run: {
    readonly specs: readonly SelectedSpec[];
    readonly passed: ReadonlySet<string>;
    /** Whether all specs were selected, so that a skip for none of them is for nothing. */
    readonly isWhole: boolean;
  },
): readonly string[] =>
  skips.flatMap((skip) => {
    const matched = run.specs.filter(({ name }) => new RegExp(skip.match).test(name));
    if (skip.until !== undefined && facts.today > skip.until)
      return [`The skip of ${skip.match} ended on ${skip.until}`];
    if (matched.length === 0) return run.isWhole ? [`The skip of ${skip.match} fits no spec`] : [];
    if (skip.mayPass === true || whyNot(skip, facts) !== undefined) return [];
    return matched
      .filter((spec) => run.passed.has(spec.id) && skipOf(spec, skips, facts) === skip)
      .map(({ name }) => `The skip of ${skip.match} is not needed: ${name} passes`);
  });
