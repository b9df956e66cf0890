/**
 * - `current`   what today's recipes would use
 * - `stale`     what they would not: built from other sources
 * - `leftover`  half-built, or of a run; nobody's unless the process that made it is at it still
 * - `kept`      never removed: not in a form that Bootwright makes
 */
export type CacheEntryState = "current" | "stale" | "leftover" | "kept";

/** One thing in the cache that stays or goes as a whole. */
export interface CacheEntry {
  /** Below the cache, as in images/reference/0123456789abcdef. */
  readonly path: string;
  readonly state: CacheEntryState;
  /** What it takes on the disk: a sparse image counts with what is in it. */
  readonly sizeBytes: number;
  /** Identities of all files in it. */
  readonly files: readonly string[];
  /** What else speaks against removing it, as in "used by process 7". */
  readonly because?: string;
}

/** Whether a prune removes it. */
export const isPrunable = (entry: CacheEntry): boolean =>
  wouldGo(entry) && entry.because === undefined;

/** Whether a prune would, but for its `because`. */
export const isHeld = (entry: CacheEntry): boolean => wouldGo(entry) && entry.because !== undefined;

const wouldGo = ({ state }: CacheEntry): boolean => state === "stale" || state === "leftover";

export const sumOfBytes = (entries: readonly CacheEntry[]): number =>
  entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
