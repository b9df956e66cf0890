import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BootRecord, RunRecord } from "../../../results/run-record.ts";
import { sampleBoot, sampleRun } from "../../../results/testing/sample-run.ts";
import { type PhaseName, phaseNames } from "../../../results/timeline-record.ts";
import type { HistoryBoot } from "../history-boot.ts";

/** A boot that passed in this time, its phases of equal length. */
export const bootOf = (
  number: number,
  totalMs: number,
  names: readonly PhaseName[] = phaseNames.slice(0, 6),
): BootRecord => ({
  ...sampleBoot,
  id: String(number).padStart(2, "0"),
  durationMs: totalMs,
  timeline: {
    schemaVersion: 1,
    phases: names.map((name, index) => ({
      name,
      startMs: (totalMs * index) / names.length,
      endMs: (totalMs * (index + 1)) / names.length,
      witness: "test",
    })),
    totalMs,
    accel: "tcg",
    measure: "wall",
  },
  machine: { given: { boot: "bios", secureBoot: false, tpm: false } },
});

/** A run that began `minutes` after 2026-11-01, one boot for each total. */
export const runOf = (
  minutes: number,
  totalsMs: readonly number[],
  more: Partial<RunRecord> = {},
): RunRecord => ({
  ...sampleRun,
  startedAt: new Date(Date.UTC(2026, 10, 1, 0, minutes)).toISOString(),
  boots: totalsMs.map((totalMs, index) => bootOf(index + 1, totalMs)),
  ...more,
});

/** Writes what the history reads of a run directory; returns its path. */
export const writeRun = (parent: string, name: string, run: RunRecord): string => {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, "run.json"), JSON.stringify(run));
  writeFileSync(join(path, "events.jsonl"), "");
  return path;
};

export const sampleHistoryBoot: HistoryBoot = {
  runId: "c".repeat(64),
  bootId: "01",
  runStatus: "finished",
  startedAt: "2026-11-01T00:00:00.000Z",
  image: "reference",
  imageSha256: "a".repeat(64),
  profile: "reference",
  configuration: "default",
  accel: "tcg",
  measure: "cost",
  qemuVersion: "10.0.13",
  cpuModel: "AMD EPYC",
  cores: 2,
  hostKernel: "6.12.0",
  memoryMiB: 8192,
  firmware: "bios",
  secureBoot: false,
  state: "pass",
  totalMs: 60_000.25,
  totalCost: 8_914_566_850,
  idleMs: 1200.5,
  comparability: "d".repeat(64),
  stealMs: 12.5,
  hostLoad: 3.9,
  swapMiB: 0,
  waitedMs: 40,
  phases: [
    { name: "firmware", startMs: 0, endMs: 900.1 },
    { name: "kernel", startMs: 900.1, endMs: 4200, cost: 2_163_951_535, bytesRead: 4096 },
  ],
};
