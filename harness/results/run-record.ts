import { z } from "zod";
import { type BootFailure, bootFailureKinds, consolePhaseNames } from "../verdict/boot-failure.ts";
import type { State } from "../verdict/state.ts";
import {
  type AttemptRecord,
  attemptRecordSchema,
  bootIdSchema,
  type CheckRecord,
  checkRecordSchema,
  runPathSchema,
  stateSchema,
} from "./check-record.ts";
import { type MachineFacts, machineFactsSchema } from "./machine-facts.ts";
import { type TimelineRecord, timelineRecordSchema } from "./timeline-record.ts";

export interface ImageFacts {
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly sizeBytes: number;
  readonly sha256Before: string;
  /** After the run; equal to `sha256Before` unless something wrote to the image. */
  readonly sha256After?: string;
  /** The image's os-release, as far as it was read. */
  readonly osRelease?: Readonly<Record<string, string>>;
}

export interface HostFacts {
  readonly accel: "kvm" | "tcg";
  readonly accelReason: string;
  readonly qemuVersion: string;
  /** Where QEMU comes from: "host" or the tools tree's name. */
  readonly toolchain: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly kernel: string;
  readonly memoryMiB: number;
  /** CPU time that the hypervisor above this host took during the run. */
  readonly stealMs?: number;
  /** How long the probe guest took here: what makes time limits comparable between hosts. */
  readonly calibration?: { readonly probeMs: number; readonly vcpuCpuMs?: number };
}

export interface BootRecord {
  /** "01", "02", …: the directory below boots/. */
  readonly id: string;
  /** Name of the machine configuration; the check `boot/<configuration>` judges it. */
  readonly configuration: string;
  readonly state: State;
  readonly failure?: BootFailure;
  /** Below the run directory, as in boots/01/argv.txt. */
  readonly argvPath: string;
  readonly durationMs: number;
  readonly attempts: readonly AttemptRecord[];
  readonly timeline?: TimelineRecord;
  /** Absent for a boot whose machine was never started. */
  readonly machine?: MachineFacts;
}

/** run.json: everything that a report, `repro` and `replay` need, besides the files in boots/. */
export interface RunRecord {
  readonly schemaVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Stays `running` when the run was killed. */
  readonly status: "running" | "finished" | "interrupted";
  readonly verdict: State;
  /** Why the verdict is not simply that of the checks. */
  readonly reason?: string;
  readonly image: ImageFacts;
  readonly planDigest: string;
  /** How many checks were selected, when that is known beforehand. */
  readonly checksPlanned?: number;
  readonly profile: string;
  readonly level: "quick" | "standard" | "full";
  readonly host: HostFacts;
  readonly injection: {
    readonly strategy: string;
    /** What the injected agent changes in the guest, in words. */
    readonly influences: readonly string[];
  };
  /** Sums over all sessions of the serial-console protocol: frames sent, received, damaged, re-sent, … */
  readonly protocol: Readonly<Record<string, number>>;
  readonly checks: readonly CheckRecord[];
  readonly boots: readonly BootRecord[];
}

export const runLimits = { checks: 20_000, boots: 10_000 } as const;

const line = z.string().max(4096);
const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const durationMs = z.number().nonnegative();

const bootFailureSchema: z.ZodType<BootFailure> = z.object({
  kind: z.enum(bootFailureKinds),
  reason: line,
  witness: z.enum(["console", "qmp", "process", "agent", "clock"]),
  line: z.number().int().positive().exactOptional(),
  // Not a closed list: rows are added, and an older reader must take the run.
  pattern: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
    .exactOptional(),
  phase: z.enum(consolePhaseNames).exactOptional(),
  context: z.array(line).max(64).exactOptional(),
});

export const bootRecordSchema: z.ZodType<BootRecord> = z.object({
  id: bootIdSchema,
  configuration: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
  state: stateSchema,
  failure: bootFailureSchema.exactOptional(),
  argvPath: runPathSchema,
  durationMs,
  attempts: z.array(attemptRecordSchema).max(32),
  timeline: timelineRecordSchema.exactOptional(),
  machine: machineFactsSchema.exactOptional(),
});

const hostFactsSchema: z.ZodType<HostFacts> = z.object({
  accel: z.enum(["kvm", "tcg"]),
  accelReason: line,
  qemuVersion: line,
  toolchain: line,
  cpuModel: line,
  cores: count,
  kernel: line,
  memoryMiB: count,
  stealMs: durationMs.exactOptional(),
  calibration: z
    .object({ probeMs: durationMs, vcpuCpuMs: durationMs.exactOptional() })
    .exactOptional(),
});

const imageFactsSchema: z.ZodType<ImageFacts> = z.object({
  name: line,
  path: line,
  format: line,
  sizeBytes: count,
  sha256Before: sha256,
  sha256After: sha256.exactOptional(),
  osRelease: z.record(z.string().max(100), line).exactOptional(),
});

export const runRecordSchema: z.ZodType<RunRecord> = z.object({
  schemaVersion: z.number().int().positive(),
  tool: z.object({ name: line, version: line }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().exactOptional(),
  status: z.enum(["running", "finished", "interrupted"]),
  verdict: stateSchema,
  reason: line.exactOptional(),
  image: imageFactsSchema,
  planDigest: line,
  checksPlanned: count.exactOptional(),
  profile: line,
  level: z.enum(["quick", "standard", "full"]),
  host: hostFactsSchema,
  injection: z.object({ strategy: line, influences: z.array(line).max(256) }),
  protocol: z.record(z.string().max(100), z.number()),
  checks: z.array(checkRecordSchema).max(runLimits.checks),
  boots: z.array(bootRecordSchema).max(runLimits.boots),
});
