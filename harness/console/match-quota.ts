import type { PatternId } from "./patterns.ts";

/** How many matches of one boot are told. Matches under an ignore rule have a quota of their own. */
export interface MatchQuota {
  /** Takes one match of the pattern; false when there is nothing left of its quota. */
  take(pattern: PatternId, isIgnored: boolean): boolean;
  /** Another boot begins. */
  refill(): void;
}

/** A guest may print a failure without end; of each pattern this many are told in each boot. */
const maxMatchesPerPattern = 20;

export const createMatchQuota = (): MatchQuota => {
  const counts = new Map<PatternId, number>();
  const ignoredCounts = new Map<PatternId, number>();
  return {
    take: (pattern, isIgnored) => {
      const taken = isIgnored ? ignoredCounts : counts;
      const count = taken.get(pattern) ?? 0;
      if (count === maxMatchesPerPattern) return false;
      taken.set(pattern, count + 1);
      return true;
    },
    refill: () => {
      counts.clear();
      ignoredCounts.clear();
    },
  };
};
