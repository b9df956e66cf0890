import { expect, test } from "vitest";
import { tooLate, watchedDeadline } from "./watched-deadline.ts";

/** A machine whose samples are told one after another. */
const machineOf = (...samples: readonly (readonly [cpuMs: number, waitedMs: number])[]) => {
  const left = samples.map(([cpuMs, waitedMs]) => ({ atMs: 0, cpuMs, waitedMs }));
  return { sampleLoad: () => left.shift() };
};

const ended = (act: () => never): string => {
  try {
    return act();
  } catch (error) {
    const { state, message } = error as { state: string; message: string };
    return `${state}: ${message}`;
  }
};

test("a quiet wait fails, however much the machine was starved before it", () => {
  const deadline = watchedDeadline(machineOf([100, 90_000], [200, 90_010]), 1000);
  expect(ended(() => tooLate(deadline, "it did not come"))).toBe("fail: it did not come");
});

test("a starved wait decides nothing, however quiet it was before it", () => {
  const deadline = watchedDeadline(machineOf([90_000, 0], [90_100, 200]), 1000);
  expect(ended(() => tooLate(deadline, "it did not come"))).toBe(
    "inconclusive: The guest waited for a host CPU most of the time: it did not come",
  );
});

test("what its time is counts from when it was made", () => {
  const deadline = watchedDeadline(machineOf(), 60_000);
  expect(deadline.timeoutMs).toBe(60_000);
  expect(deadline.remainingMs()).toBeGreaterThan(50_000);
  expect(deadline.wasStarved()).toBe(false);
});
