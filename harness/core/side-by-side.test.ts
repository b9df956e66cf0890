import { expect, test } from "vitest";
import { sideBySide } from "./side-by-side.ts";

interface Gate {
  readonly opened: Promise<string>;
  readonly open: (value: string) => void;
  readonly refuse: (error: Error) => void;
}

const gate = (): Gate => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { opened: promise, open: resolve, refuse: reject };
};

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

const begin = (count: number) => {
  const gates = [gate(), gate(), gate(), gate()] as const;
  const begun: number[] = [];
  const done = sideBySide(count, gates, async ({ opened }, index) => {
    begun.push(index);
    return await opened;
  });
  return { gates, begun, done };
};

test("no more than so many at a time, and results in the order of the items", async () => {
  const { gates, begun, done } = begin(2);
  await turn();
  expect(begun).toEqual([0, 1]);
  gates[1].open("b");
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  gates[2].open("c");
  gates[3].open("d");
  gates[0].open("a");
  expect(await done).toEqual(["a", "b", "c", "d"]);
});

test("after a failure no other is begun, and those that were have ended", async () => {
  const { gates, begun, done } = begin(2);
  let hasEnded = false;
  const end = done.catch((error: unknown) => {
    hasEnded = true;
    return error;
  });
  gates[0].refuse(new Error("broken"));
  await turn();
  expect(hasEnded).toBe(false);
  gates[1].open("b");
  expect(await end).toMatchObject({ message: "broken" });
  expect(begun).toEqual([0, 1]);
});

test("nothing gives nothing", async () => {
  expect(await sideBySide(2, [], async () => await Promise.resolve(1))).toEqual([]);
});
