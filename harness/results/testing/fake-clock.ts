import type { Clock } from "../../core/clock.ts";

export interface FakeClock extends Clock {
  /** Moves on, calling what falls due in order, each at its own time. */
  advance(ms: number): void;
  /** How many callbacks wait. */
  pending(): number;
}

export const createFakeClock = (): FakeClock => {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      const endMs = nowMs + ms;
      for (let timer = nextDue(endMs); timer !== undefined; timer = nextDue(endMs)) {
        timers.delete(timer);
        nowMs = timer.atMs;
        timer.callback();
      }
      nowMs = endMs;
    },
    pending: () => timers.size,
  };
};
