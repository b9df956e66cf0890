import { expect, test } from "vitest";
import { coalesceWrites } from "./coalesced-write.ts";
import { createFakeClock } from "./testing/fake-clock.ts";

test("the first request writes at once, those within the interval share one write", () => {
  const clock = createFakeClock();
  const times: number[] = [];
  const files = coalesceWrites(() => times.push(clock.nowMs()), { clock, intervalMs: 200 });
  for (let step = 0; step < 50; step += 1) {
    files.request();
    clock.advance(10);
  }
  clock.advance(1000);
  expect([times, clock.pending()]).toEqual([[0, 200, 400, 600], 0]);
});

test("a slow write makes the pause longer: at most a fifth of the time goes into writing", () => {
  const clock = createFakeClock();
  const times: number[] = [];
  const write = (): void => {
    times.push(clock.nowMs());
    clock.advance(100);
  };
  const files = coalesceWrites(write, { clock, intervalMs: 200 });
  files.request();
  files.request();
  clock.advance(1000);
  expect(times).toEqual([0, 500]);
});

test("a write that failed on the timer throws to the next request, and is forgotten once one succeeds", () => {
  const clock = createFakeClock();
  let isFull = false;
  const write = (): void => {
    if (isFull) throw new Error("full");
  };
  const files = coalesceWrites(write, { clock, intervalMs: 200 });
  files.request();
  isFull = true;
  files.request();
  clock.advance(200);
  expect(() => files.request()).toThrow("full");
  isFull = false;
  files.request();
  expect(clock.pending()).toBe(0);
});
