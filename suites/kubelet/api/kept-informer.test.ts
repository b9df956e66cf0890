import { expect, test, vi } from "vitest";
import { keepInformer } from "./kept-informer.ts";

/** An informer whose list fails that many times, as the client tells it: by `error`, not by a rejection. */
const failingInformer = (failures: number) => {
  const listeners: ((error: unknown) => void)[] = [];
  let starts = 0;
  return {
    on: (_verb: "error", told: (error: unknown) => void) => void listeners.push(told),
    start: async () => {
      starts += 1;
      if (starts <= failures) for (const told of listeners) told(new Error("no answer"));
    },
    starts: () => starts,
  };
};

test("an informer whose list fails is started again after a pause, until it works", async () => {
  const informer = failingInformer(3);
  keepInformer(informer, () => false);
  await informer.start();
  expect(informer.starts()).toBe(1); // Not at once.
  await vi.waitFor(() => expect(informer.starts()).toBe(4), 5000);
});

test("one that nobody wants any more stays as it is", async () => {
  const informer = failingInformer(1);
  const isOver = vi.fn(() => true);
  keepInformer(informer, isOver);
  await informer.start();
  await vi.waitFor(() => expect(isOver).toHaveBeenCalled(), 5000);
  expect(informer.starts()).toBe(1);
});
