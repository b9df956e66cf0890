import { expect, test } from "vitest";
import type { BootFacts } from "../results/boot-facts.ts";
import type { TimelineRecord } from "../results/timeline-record.ts";
import { bootDifference, type CountedBoots } from "./boot-difference.ts";

const timeline = (userspace: number, totalCost: number, idleMs: number): TimelineRecord => ({
  schemaVersion: 1,
  phases: [
    { name: "kernel", startMs: 0, endMs: 10, cost: 1_000_000, witness: "" },
    { name: "userspace", startMs: 10, endMs: 20, cost: userspace, witness: "" },
  ],
  totalMs: 20,
  ...{ totalCost, idleMs, accel: "tcg", measure: "cost" },
});

const disk = { disk: "disk-system", readBytes: 50_000_000, reads: 900, writtenBytes: 0, writes: 0 };
const facts: BootFacts = {
  units: [
    { name: "containerd.service", startMs: 400 },
    { name: "gone.service", startMs: 1 },
  ],
  modules: ["virtio_blk"],
  disks: [disk],
};
const boots = (changes: Partial<CountedBoots>): CountedBoots => ({
  label: "before",
  timelines: [timeline(2_000_000, 1_500_000, 120)],
  facts,
  ...changes,
});

test("a unit that was added is named, with what else the boot does more", () => {
  const after = boots({
    label: "after",
    timelines: [timeline(2_100_000, 1_490_000, 320)],
    facts: {
      units: [
        { name: "containerd.service", startMs: 650.4 },
        { name: "late\u001b[31m.service", startMs: 200 },
      ],
      modules: ["virtio_blk", "sg"],
      disks: [{ ...disk, readBytes: 60_000_000 }],
    },
  });
  expect(bootDifference(boots({}), after).join("\n")).toMatchInlineSnapshot(`
    "                                    before                   after   difference
    kernel                           1,000,000               1,000,000   none
    userspace                        2,000,000               2,100,000   +100,000 (+5.00 %)
    total                            1,500,000               1,490,000   -10,000 (-0.67 %)
    idle                              120.0 ms                320.0 ms   +200.0 ms (+166.67 %)

    unit added: late\\x1b[31m.service
    unit removed: gone.service
    kernel module added: sg
    unit takes +250 ms of the guest's time to start: containerd.service (400 → 650 ms)
    unit takes +200 ms of the guest's time to start: late\\x1b[31m.service (0 → 200 ms)
    disk-system read: +9.5 MiB (47.7 MiB → 57.2 MiB)"
  `);
});

test("equal boots have no difference and no cause", () => {
  expect(bootDifference(boots({}), boots({ label: "after" })).slice(1)).toEqual([
    "kernel                           1,000,000               1,000,000   none",
    "userspace                        2,000,000               2,000,000   none",
    "total                            1,500,000               1,500,000   none",
    "idle                              120.0 ms                120.0 ms   none",
    "",
    "Units, modules and disk traffic are the same.",
  ]);
});

test("a phase that one of them does not have is shown, and no causes without facts", () => {
  const [first = timeline(0, 0, 0)] = boots({}).timelines;
  const short = boots({
    timelines: [{ ...first, phases: first.phases.slice(0, 1) }],
    facts: undefined,
  });
  expect(bootDifference(boots({}), short)[2]).toBe(
    "userspace                        2,000,000                       –",
  );
  expect(bootDifference(boots({}), short)).toHaveLength(5);
});
