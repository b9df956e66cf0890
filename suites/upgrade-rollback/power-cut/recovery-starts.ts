import type { PowerCuts } from "../../../harness/index.ts";

type Representative = PowerCuts["representatives"][number];

/**
 * The states from which a recovery is recorded: of those that start the old release and of those that start the new one in turn, first where
 * the update was under way, when file systems are mounted for writing and their journals are to be replayed.
 */
export const recoveryStarts = (
  representatives: readonly Representative[],
  count: number,
): readonly Representative[] => {
  const [old, next] = (["old", "new"] as const).map((release) =>
    representatives
      .filter(({ isWhole, isBad }) => isWhole === release && !isBad)
      .toSorted((a, b) => eagernessOf(b) - eagernessOf(a)),
  );
  const longer = Math.max(old?.length ?? 0, next?.length ?? 0);
  const inTurn = Array.from({ length: longer }, (_, at) => [old?.[at], next?.[at]]);
  return inTurn
    .flat()
    .filter((one) => one !== undefined)
    .slice(0, count);
};

/** A write that was lost, in whole or in part, while others came through is what a journal is for. */
const eagernessOf = ({ phase, name }: Representative): number => {
  const isInOrder = /^\d+\.prefix\.whole$/.test(name);
  const phases = { before: 0, acknowledged: 2, "under-way": 4 };
  return phases[phase] + (isInOrder ? 0 : 1);
};
