import { readVcpuTimes } from "../../qemu/vcpu-time.ts";
import type { VcpuLoadSample } from "../results/vcpu-load.ts";

/** Samples the vCPU threads of a QEMU process until disposed. */
export interface VcpuSampler extends Disposable {
  readonly samples: readonly VcpuLoadSample[];
  sample(): void;
}

// Phase edges are interpolated between samples, so the interval bounds the error: 200 ms is 1 % of a long phase.
const intervalMs = 200;
const maxSamples = 20_000;

export const startVcpuSampler = (
  pid: number,
  threadIds: readonly number[],
  nowMs: () => number,
): VcpuSampler => {
  const samples: VcpuLoadSample[] = [];
  const sample = (): void => {
    if (samples.length >= maxSamples) return;
    let cpuMs = 0;
    let waitedMs = 0;
    try {
      for (const spent of readVcpuTimes(pid, threadIds)) {
        cpuMs += spent.cpuMs;
        waitedMs += spent.waitedForCpuMs;
      }
      samples.push({ atMs: nowMs(), cpuMs, waitedMs });
    } catch {
      // QEMU has ended; its exit is reported elsewhere.
    }
  };
  const timer = setInterval(sample, intervalMs);
  timer.unref();
  sample();
  return { samples, sample, [Symbol.dispose]: () => clearInterval(timer) };
};
