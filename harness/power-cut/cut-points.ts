// Durable are all writes before the last flush, and those that say so themselves; pending are the writes and discards
// since. Linux knows no finer promise (Documentation/block/writeback_cache_control.rst).
import type { CutPoint } from "./crash-state.ts";
import type { LogEntry } from "./write-log.ts";

export interface CutPoints {
  /** Of each entry, in order; `pending` grows with the entries of a window and is one array for all of them. */
  all(): Generator<CutPoint>;
  at(entry: number): CutPoint | undefined;
}

/** @param isLeftOut entries that change nothing which anybody reads: the marks. */
export const cutPointsOf = (
  entries: readonly LogEntry[],
  isLeftOut: (entry: LogEntry) => boolean,
): CutPoints => {
  const isPending = (entry: LogEntry): boolean =>
    (entry.kind === "discard" || (entry.kind === "write" && !entry.isDurable)) && !isLeftOut(entry);
  return {
    *all() {
      let windowStart = 0;
      let pending: number[] = [];
      for (const entry of entries) {
        // A request with FLUSH and data flushes first: what it writes is pending again.
        if (entry.isFlush && entry.kind !== "flush") {
          windowStart = entry.index;
          pending = [];
        }
        if (isPending(entry)) pending.push(entry.index);
        yield { entry: entry.index, windowStart, pending };
        if (entry.kind === "flush") {
          windowStart = entry.index + 1;
          pending = [];
        }
      }
    },
    at: (index) => {
      const entry = entries[index];
      if (entry === undefined) return undefined;
      let windowStart = index;
      while (windowStart > 0 && !startsWindow(entries, windowStart)) windowStart -= 1;
      const window = entries.slice(windowStart, index + 1);
      const pending = window.filter(isPending).map((one) => one.index);
      return { entry: index, windowStart, pending };
    },
  };
};

const startsWindow = (entries: readonly LogEntry[], index: number): boolean => {
  const entry = entries[index];
  return (
    entries[index - 1]?.kind === "flush" || (entry?.isFlush === true && entry.kind !== "flush")
  );
};
