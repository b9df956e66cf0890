import { expect, test } from "vitest";
import type { Clock } from "./clock.ts";
import { deadlineAfter, slotOf, withDeadline } from "./deadline.ts";

const fakeClock = (): Clock & { advance(ms: number): void } => {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    nowMs: () => now,
    after: (delayMs, callback) => {
      const timer = { at: now + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
  };
};

test("a time-out says what was awaited, how long, and what was last seen", async () => {
  const clock = fakeClock();
  const waiting = withDeadline(
    new Promise(() => {}),
    deadlineAfter(90_000, { clock }),
    "Unit containerd.service active",
    () => "activating (start-pre)",
  );
  clock.advance(90_000);
  await expect(waiting).rejects.toThrow(
    "Unit containerd.service active did not happen within 90 s; last seen: activating (start-pre)",
  );
});

test("an aborted signal ends the wait at once", async () => {
  const abort = new AbortController();
  const waiting = withDeadline(
    new Promise(() => {}),
    deadlineAfter(90_000, { signal: abort.signal }),
    "QMP greeting",
  );
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
});

test("a slot never outlives its parent deadline", () => {
  const clock = fakeClock();
  const parent = deadlineAfter(1000, { clock });
  clock.advance(400);
  expect([slotOf(parent, 5000).remainingMs(), slotOf(parent, 100).remainingMs()]).toEqual([
    600, 100,
  ]);
});
