import type { CheckRecord, Outcome } from "../check-record.ts";
import type { BootRecord, RunRecord } from "../run-record.ts";
import type { RunFacts } from "../run-recorder.ts";

export const sampleFacts: RunFacts = {
  tool: { name: "bootwright", version: "0.1.0" },
  image: {
    name: "reference",
    path: "/images/reference.qcow2",
    format: "qcow2",
    sizeBytes: 1_234_567,
    sha256Before: "a".repeat(64),
  },
  planDigest: "b".repeat(64),
  checksPlanned: 6,
  profile: "reference",
  level: "quick",
  host: {
    accel: "tcg",
    accelReason: "/dev/kvm cannot be opened",
    qemuVersion: "10.0.13",
    toolchain: "host",
    cpuModel: "Nehalem",
    cores: 2,
    kernel: "6.12.0",
    memoryMiB: 8192,
  },
  injection: { strategy: "credentials", influences: ["adds one unit to /run"] },
  protocol: { framesDamaged: 0, framesResent: 0 },
};

export const sampleCheck = (
  id: string,
  outcome: Outcome,
  more: Partial<CheckRecord> = {},
): CheckRecord =>
  ({
    id,
    suite: id.split("/")[0] ?? id,
    title: `Title of ${id}`,
    durationMs: 1500,
    attempts: [{ state: outcome.state, durationMs: 1500 }],
    boot: "01",
    evidence: [],
    ...more,
    ...outcome,
  }) as CheckRecord;

export const sampleBoot: BootRecord = {
  id: "01",
  configuration: "q35-bios",
  state: "pass",
  argvPath: "boots/01/argv.txt",
  durationMs: 13_400,
  attempts: [{ state: "pass", durationMs: 13_400 }],
  timeline: {
    schemaVersion: 1,
    phases: [
      { name: "firmware", startMs: 0, endMs: 900, witness: "console: GRUB" },
      { name: "kernel", startMs: 900, endMs: 4200, witness: "console: Run /init" },
      { name: "userspace", startMs: 4200, endMs: 13_400, witness: "agent: timestamps" },
    ],
    totalMs: 13_400,
    accel: "tcg",
    measure: "wall",
  },
};

export const deadBoot: BootRecord = {
  id: "02",
  configuration: "q35-uefi",
  state: "fail",
  failure: {
    kind: "panic",
    reason: "Kernel panic - not syncing: VFS: \u001b[31mUnable to mount root fs",
    witness: "console",
    line: 211,
    pattern: "no-root",
    phase: "kernel",
  },
  argvPath: "boots/02/argv.txt",
  durationMs: 4000,
  attempts: [{ state: "fail", durationMs: 4000 }],
};

/** One check of every state, with guest text that tries to break out of each report. */
export const sampleRun: RunRecord = {
  schemaVersion: 1,
  ...sampleFacts,
  startedAt: "2026-11-21T20:00:00.000Z",
  endedAt: "2026-11-21T20:01:00.000Z",
  status: "finished",
  verdict: "error",
  boots: [sampleBoot, deadBoot],
  checks: [
    sampleCheck(
      "boot-time/kernel",
      { state: "pass" },
      { claim: "C11", figures: [{ name: "kernel", value: 3.3, unit: "s" }] },
    ),
    sampleCheck(
      "read-only-root/remount",
      { state: "fail", reason: 'mount(2) of / with "rw" <succeeded> & \u001b[31mmore\u0000' },
      {
        claim: "C02",
        evidence: [
          { kind: "console", path: "boots/01/console.log", line: 120 },
          { kind: "exec", text: "first ]]> line\nsecond # line\u0007" },
        ],
      },
    ),
    sampleCheck("kubelet/healthz", { state: "skip", reason: "boot failed: panic" }),
    sampleCheck("containerd/critest/pull-image", {
      state: "unsupported",
      reason: "offline # no net",
    }),
    sampleCheck("containerd/critest/exec", { state: "inconclusive", reason: "slow-host" }),
    sampleCheck(
      "upgrade-rollback/power-cut/ab/step-3",
      { state: "error", reason: "write log was empty" },
      {
        attempts: [
          { state: "pass", durationMs: 700 },
          { state: "error", durationMs: 800, reason: "write log was empty" },
        ],
      },
    ),
  ],
};
