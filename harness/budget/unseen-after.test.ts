import { expect, test } from "vitest";
import type { PhaseName, PhaseRecord } from "../results/timeline-record.ts";
import { unseenAfter } from "./unseen-after.ts";

const seen = (...names: PhaseName[]): PhaseRecord[] =>
  names.map((name) => ({ name, startMs: 0, endMs: 0, witness: "test" }));

test("a phase whose next one was seen has its own time only", () => {
  const records = seen("firmware", "kernel", "userspace");
  expect(unseenAfter("firmware", ["firmware", "kernel", "initrd"], records)).toEqual([]);
});

test("a phase before unseen ones holds the time of those that were asked for", () => {
  const records = seen("firmware", "kernel", "userspace");
  expect(unseenAfter("kernel", ["kernel", "initrd", "cri-ready"], records)).toEqual(["initrd"]);
});

test("the last seen phase holds the time of all that were asked for after it", () => {
  const records = seen("firmware");
  expect(unseenAfter("firmware", ["userspace", "kernel"], records)).toEqual([
    "kernel",
    "userspace",
  ]);
});
