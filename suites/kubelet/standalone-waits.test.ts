import { expect, test } from "vitest";
import type { Pods } from "./kubelet-server.ts";
import { StandaloneWaits } from "./standalone-waits.ts";

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
