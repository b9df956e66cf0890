import type { Clock } from "../core/clock.ts";

export interface CoalescedWrite {
  /** Writes now if the last write ended at least `intervalMs` ago, else once when that time is over. */
  request(): void;
  /** Writes at once. */
  flush(): void;
  /** Forgets a write that was put off. */
  cancel(): void;
}

/**
 * Rewriting a whole file at each of n changes costs n²; so it is written at most once per `intervalMs`, counted from the end
 * of the last write, and no more than a fifth of the time goes into writing. A write that fails on the timer has no caller: the next request tries again, and throws to its caller.
 */
export const coalesceWrites = (
  write: () => void,
  options: { readonly clock: Clock; readonly intervalMs: number },
): CoalescedWrite => {
  let earliestMs = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | undefined;
  let hasFailed = false;

  const cancel = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
  };
  const flush = (): void => {
    cancel();
    hasFailed = true;
    const startMs = options.clock.nowMs();
    write();
    const endMs = options.clock.nowMs();
    hasFailed = false;
    earliestMs = endMs + Math.max(options.intervalMs, 4 * (endMs - startMs));
  };
  const onTimer = (): void => {
    try {
      flush();
    } catch {
      // `hasFailed` is set: the next request or flush meets the same error, if it lasts.
    }
  };
  return {
    request: () => {
      const waitMs = earliestMs - options.clock.nowMs();
      if (hasFailed || waitMs <= 0) flush();
      else cancelTimer ??= options.clock.after(waitMs, onTimer);
    },
    flush,
    cancel,
  };
};
