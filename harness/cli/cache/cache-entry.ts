/**
 * - `current`   what today's recipes would use
 * - `stale`     what they would not: built from other sources
 * - `leftover`  half-built, or of a run, and the process that made it has ended without cleaning up
 * - `kept`      never removed: not built from recipes, or the work of a process that is at it
 */
export type CacheEntryState = "current" | "stale" | "leftover" | "kept";

/** One thing in the cache that stays or goes as a whole. */
export interface CacheEntry {
  /** Below the cache, as in images/reference/0123456789abcdef. */
  readonly path: string;
  readonly state: CacheEntryState;
  /** What it takes on the disk: a sparse image counts with what is in it. */
  readonly sizeBytes: number;
  /** Process that uses it, which is why it is not removed. */
  readonly usedBy?: number;
}

/** Whether a prune removes it. */
export const isPrunable = ({ state, usedBy }: CacheEntry): boolean =>
  usedBy === undefined && (state === "stale" || state === "leftover");

export const sumOfBytes = (entries: readonly CacheEntry[]): number =>
  entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
