import type { DiskView } from "./disk-view.ts";

/** What an oracle finds in one state of a disk. */
export interface Judgement {
  /** The class of states that this one belongs to: one of each is booted. Short, and the same for the same situation. */
  readonly outcome: string;
  /** Which of the two releases would boot, whole; `neither` is always wrong. */
  readonly isWhole: "old" | "new" | "neither";
  /** What is wrong whenever the power went, each in one sentence. */
  readonly problems: readonly string[];
}

/** Knows what must be on a disk. It is never weakened to reach zero bad states. */
export interface Oracle {
  readonly name: string;
  judge(view: DiskView): Promise<Judgement> | Judgement;
}

/** What the first oracle says, with the problems that the others find. */
export const allOf = (name: string, first: Oracle, ...others: readonly Oracle[]): Oracle => ({
  name,
  judge: async (view) => {
    const judgement = await first.judge(view);
    const problems = [...judgement.problems];
    for (const oracle of others) problems.push(...(await oracle.judge(view)).problems);
    return { ...judgement, problems };
  },
});
