import { z } from "zod";

/** Phases of a boot in the order they come: a closed list. */
export const phaseNames = [
  "firmware",
  "loader",
  "kernel",
  "initrd",
  "userspace",
  "containerd-ready",
  "cri-ready",
  "kubelet-healthy",
  "node-ready",
] as const;
export type PhaseName = (typeof phaseNames)[number];

export interface PhaseRecord {
  readonly name: PhaseName;
  /** Milliseconds since power-on. */
  readonly startMs: number;
  readonly endMs: number;
  /** Instructions executed in this phase; cost mode only. */
  readonly cost?: number;
  readonly bytesRead?: number;
  /** What proved the end of the phase, as in "console: Linux version" or "agent: Manager timestamps". */
  readonly witness: string;
}

/** boots/NN/timeline.json. A boot that never started a phase has an empty list and totalMs 0. */
export interface TimelineRecord {
  readonly schemaVersion: number;
  readonly phases: readonly PhaseRecord[];
  /** From power-on to the end of the last phase. */
  readonly totalMs: number;
  /** Only on complete boots measured in cost mode. */
  readonly totalCost?: number;
  /** How long the guest had nothing to do and waited for its own timers, in its own time; only where `totalCost` can be. */
  readonly idleMs?: number;
  /** Digest of what costs depend on besides the image: those with different ones are not compared. Cost mode only. */
  readonly comparability?: string;
  readonly accel: "kvm" | "tcg";
  readonly measure: "wall" | "cost";
}

const finite = z.number().nonnegative();

export const timelineRecordSchema: z.ZodType<TimelineRecord> = z.object({
  schemaVersion: z.number().int().positive(),
  phases: z
    .array(
      z.object({
        name: z.enum(phaseNames),
        startMs: finite,
        endMs: finite,
        cost: finite.exactOptional(),
        bytesRead: finite.exactOptional(),
        witness: z.string().max(1024),
      }),
    )
    .max(64),
  totalMs: finite,
  totalCost: finite.exactOptional(),
  idleMs: finite.exactOptional(),
  comparability: z.string().max(100).exactOptional(),
  accel: z.enum(["kvm", "tcg"]),
  measure: z.enum(["wall", "cost"]),
});
