import { expect, test } from "vitest";
import type { PhaseRecord } from "../results/timeline-record.ts";
import type { VcpuLoad } from "../results/vcpu-load.ts";
import { judgePhase } from "./judge-phase.ts";

const phase = (startMs: number, endMs: number): PhaseRecord => ({
  name: "userspace",
  startMs,
  endMs,
  witness: "test",
});
const evenly = (cpuMs: number, waitedMs: number): VcpuLoad => [
  { atMs: 0, cpuMs: 0, waitedMs: 0 },
  { atMs: 10_000, cpuMs, waitedMs },
];

test("a busy phase on a quiet host is judged by its wall time", () => {
  expect(judgePhase(phase(0, 10_000), 12_000, { load: evenly(10_000, 0), slowness: 1 })).toEqual({
    state: "pass",
    reason:
      "Phase userspace took 10.00 s adjusted (10.00 s wall, 0.00 s idle, 0.00 s waiting for a host CPU), budget 12.00 s",
    wallMs: 10_000,
    adjustedMs: 10_000,
    idleMs: 0,
    waitedMs: 0,
  });
});

test("a host that is half as fast does not turn the phase red", () => {
  const judged = judgePhase(phase(0, 10_000), 6000, { load: evenly(10_000, 0), slowness: 2 });
  expect([judged.state, judged.adjustedMs]).toEqual(["pass", 5000]);
});

test("ten seconds of sleep cost ten seconds on a slow host too", () => {
  const judged = judgePhase(phase(0, 10_000), 6000, { load: evenly(100, 0), slowness: 4 });
  expect([judged.state, judged.idleMs]).toEqual(["fail", 9900]);
});

test("waiting for a host CPU is left out, and is no verdict when it is most of the phase", () => {
  const left = judgePhase(phase(0, 10_000), 7000, { load: evenly(6000, 4000), slowness: 1 });
  const most = judgePhase(phase(0, 10_000), 3000, { load: evenly(4000, 6000), slowness: 1 });
  expect([left.state, left.adjustedMs, most.state]).toEqual(["pass", 6000, "inconclusive"]);
});

test("a noisy host is no alibi for a phase that is over budget by itself", () => {
  const judged = judgePhase(phase(0, 10_000), 3000, { load: evenly(6000, 4000), slowness: 1 });
  expect(judged.state).toBe("fail");
});

test("a sleep does not hide behind the other vCPU's work in the same phase", () => {
  const load: VcpuLoad = [
    { atMs: 0, cpuMs: 0, waitedMs: 0 },
    { atMs: 5000, cpuMs: 10_000, waitedMs: 0 }, // both vCPUs busy
    { atMs: 10_000, cpuMs: 10_000, waitedMs: 0 }, // both asleep
  ];
  const judged = judgePhase(phase(0, 10_000), 6000, { load, slowness: 2 });
  expect([judged.state, judged.idleMs, judged.adjustedMs]).toEqual(["fail", 5000, 7500]);
});
