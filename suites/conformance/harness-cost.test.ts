import { expect, test } from "vitest";
import { costBetween, readCounts } from "./harness-cost.ts";

const all = `cpu  100 2 30 9999 777 4 5 6 0 0
cpu0 50 1 15 5000 400 2 2 3 0 0
intr 1 2 3
`;
// proc_pid_stat(5): utime and stime are fields 14 and 15.
const own = "12 (a ) name) S 1 12 12 0 -1 4194560 2001 0 3 0 70 8 0 0 20 0 9 0 60 1266679808 5000";
const disk = "     10 1 200 40 20 2 4096 80 0 90 120 0 0 0 0 0 0\n";

test("reads what the guest's kernel counted", () => {
  expect(readCounts(all, own, disk)).toEqual({
    busyMs: 1410,
    agentMs: 780,
    diskMs: 90,
    diskWrittenKiB: 2048,
  });
});

test("takes one count from another", () => {
  const before = { busyMs: 100, agentMs: 10, diskMs: 5, diskWrittenKiB: 1 };
  const after = { busyMs: 1100, agentMs: 30, diskMs: 6, diskWrittenKiB: 1001 };
  expect(costBetween(before, after)).toEqual({
    busyMs: 1000,
    agentMs: 20,
    diskMs: 1,
    diskWrittenKiB: 1000,
  });
});
