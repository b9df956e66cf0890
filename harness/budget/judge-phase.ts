import type { PhaseRecord } from "../results/timeline-record.ts";
import { spansBetween, type VcpuLoad } from "../results/vcpu-load.ts";

export interface PhaseJudgement {
  readonly state: "pass" | "fail" | "inconclusive";
  readonly reason: string;
  /** Wall-clock length of the phase. */
  readonly wallMs: number;
  /** What is compared with the budget: see `judgePhase`. */
  readonly adjustedMs: number;
  /** The guest had nothing to run: it slept or waited for a device. */
  readonly idleMs: number;
  /** The guest was ready to run, the host had no CPU for it. */
  readonly waitedMs: number;
}

/**
 * Compares a phase with its budget in a way that a slow or busy host can neither fake nor break.
 *
 * adjusted = busy time on a CPU ÷ slowness + idle time. Time that the guest waited for a host CPU is left out; busy time
 * is scaled to the speed of the host for which budgets are written (slowness 2 = half as fast, from booting `probe`);
 * idle time is not scaled, because a guest that sleeps ten seconds sleeps ten seconds anywhere.
 *
 * With several vCPUs only the sum of their times is known, so a stretch is idle only as far as that sum leaves room. It
 * is taken sample by sample: a sleep must not hide behind the other vCPU's work earlier in the phase.
 *
 * When the phase is over budget and more than half of it was waiting for a CPU, the correction is larger than what it
 * corrects, and there is no verdict.
 */
export const judgePhase = (
  phase: PhaseRecord,
  budgetMs: number,
  host: { readonly load: VcpuLoad; readonly slowness: number },
): PhaseJudgement => {
  const wallMs = phase.endMs - phase.startMs;
  let idleMs = 0;
  let ranMs = 0;
  for (const span of spansBetween(host.load, phase.startMs, phase.endMs)) {
    const runnableMs = span.cpuMs + span.waitedMs;
    const busyMs = Math.min(span.wallMs, runnableMs);
    idleMs += span.wallMs - busyMs;
    ranMs += runnableMs > 0 ? (busyMs * span.cpuMs) / runnableMs : 0;
  }
  const figures = {
    wallMs,
    adjustedMs: ranMs / host.slowness + idleMs,
    idleMs,
    waitedMs: Math.max(0, wallMs - idleMs - ranMs),
  };
  const seen = `${ms(figures.adjustedMs)} adjusted (${ms(wallMs)} wall, ${ms(idleMs)} idle, ${ms(figures.waitedMs)} waiting for a host CPU), budget ${ms(budgetMs)}`;
  if (figures.adjustedMs <= budgetMs)
    return { state: "pass", reason: `Phase ${phase.name} took ${seen}`, ...figures };
  if (figures.waitedMs > wallMs / 2) {
    const reason = `slow-host: phase ${phase.name} took ${seen}: it waited for the host more than it ran`;
    return { state: "inconclusive", reason, ...figures };
  }
  return { state: "fail", reason: `Phase ${phase.name} took ${seen}`, ...figures };
};

const ms = (value: number): string => `${(value / 1000).toFixed(2)} s`;
