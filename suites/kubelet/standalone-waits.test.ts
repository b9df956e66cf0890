import { expect, test } from "vitest";
import type { Pods } from "./kubelet-server.ts";
import { StandaloneWaits, unlessStarved } from "./standalone-waits.ts";

const pods: Pods = new Map();
const load = { cpuMs: 0, waitedMs: 0 };
const machine = { sampleLoad: () => ({ atMs: 0, ...load }) };
const server = {
  podsWhen: async () => {
    load.cpuMs += 1000;
    load.waitedMs += waiting;
    return pods;
  },
};
let waiting = 0;

test("only a wait that was late, and starved in its own time, is one that decides nothing", async () => {
  const waits = new StandaloneWaits(machine, server, 1);
  waiting = 5000;
  await waits.pods("canary", () => false, waits.within(1));
  await waits.pods("ill", () => true, waits.within(1));
  waiting = 10;
  await waits.pods("well", () => false, waits.within(1));
  expect(waits.starved).toEqual(["canary"]);
});

test("what fails is undecided where one of its waits was starved; what passes, and a fault of ours, stays", async () => {
  const judged = async (starved: Parameters<typeof unlessStarved>[0], judge: () => void) => {
    const [outcome] = await Promise.allSettled([unlessStarved(starved, judge)]);
    return outcome.status === "fulfilled" ? "pass" : String(outcome.reason);
  };
  const failing = () => expect(1, "one").toBe(2);
  const broken = () => {
    throw new TypeError("no such thing");
  };
  expect([
    await judged(["ill"], () => undefined),
    await judged([], failing),
    await judged(["ill"], failing),
    await judged(["ill"], broken),
  ]).toEqual([
    "pass",
    "AssertionError: one: expected 1 to be 2 // Object.is equality",
    "CheckOutcome: The guest waited for a host CPU most of the time in which this did not come: ill; one: expected 1 to be 2 // Object.is equality",
    "TypeError: no such thing",
  ]);
});
