import type { Phase } from "./crash-states.ts";
import type { Judgement } from "./oracle.ts";

/**
 * Before an update begins the old release, while it is under way the old or the new one, from the acknowledgement on the
 * new one, and at no time anything that is wrong in itself. Returns what is wrong; nothing for a good state.
 */
export const faultsOf = (phase: Phase, { isWhole, problems }: Judgement): readonly string[] => {
  const allowed = allowedIn[phase];
  return allowed.includes(isWhole)
    ? problems
    : [
        `Expected the ${allowed.join(" or the ")} release, whole, but ${isWhole === "neither" ? "neither is" : `the ${isWhole} one is`} there`,
        ...problems,
      ];
};

const allowedIn: Readonly<Record<Phase, readonly Judgement["isWhole"][]>> = {
  before: ["old"],
  "under-way": ["old", "new"],
  acknowledged: ["new"],
};
