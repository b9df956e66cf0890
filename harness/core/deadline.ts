import { type Clock, hostClock } from "./clock.ts";
import { AbortedError, TimeoutError } from "./errors.ts";

/** A point in monotonic time by which something must have happened, together with the signal that ends all waiting. */
export interface Deadline {
  readonly timeoutMs: number;
  remainingMs(): number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

export const deadlineAfter = (
  timeoutMs: number,
  options: { readonly signal?: AbortSignal | undefined; readonly clock?: Clock } = {},
): Deadline => {
  const clock = options.clock ?? hostClock;
  const endMs = clock.nowMs() + timeoutMs;
  return {
    timeoutMs,
    remainingMs: () => Math.max(0, endMs - clock.nowMs()),
    signal: options.signal,
    clock,
  };
};

/** The earlier of `deadline` and `timeoutMs` from now: a slow step does not eat the time of those that follow. */
export const slotOf = (deadline: Deadline, timeoutMs: number): Deadline =>
  deadlineAfter(Math.min(timeoutMs, deadline.remainingMs()), {
    signal: deadline.signal,
    clock: deadline.clock,
  });

/**
 * Waits for `promise` until the deadline.
 * @param what names the awaited thing, as in "Agent ready".
 * @param lastSeen tells, on time-out, what was last observed.
 * @throws {TimeoutError} when the deadline passes; {AbortedError} when the signal fires.
 */
export const withDeadline = async <T>(
  promise: Promise<T>,
  deadline: Deadline,
  what: string,
  lastSeen: () => string = () => "nothing",
): Promise<T> => {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new AbortedError(`Stopped while waiting for ${what}`));
  const cancel = deadline.clock.after(deadline.remainingMs(), () =>
    reject(
      new TimeoutError(
        `${what} did not happen within ${formatSeconds(deadline.timeoutMs)}; last seen: ${lastSeen()}`,
      ),
    ),
  );
  if (deadline.signal?.aborted) onAbort();
  deadline.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    cancel();
    deadline.signal?.removeEventListener("abort", onAbort);
  }
};

export const formatSeconds = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
