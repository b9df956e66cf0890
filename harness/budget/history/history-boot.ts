import { z } from "zod";
import { phaseNames } from "../../results/timeline-record.ts";
import { type State, states } from "../../verdict/state.ts";

/** Version of a line of `exportLines`. Adding an optional field keeps it; anything else raises it. */
export const lineSchemaVersion = 1;

/** A phase as the history keeps it: who proved its end stays in the run directory. */
export interface HistoryPhase {
  readonly name: (typeof phaseNames)[number];
  /** Milliseconds since power-on. */
  readonly startMs: number;
  readonly endMs: number;
  /** Instructions; cost mode only. */
  readonly cost?: number;
  readonly bytesRead?: number;
}

/** How noisy the host was while a boot was measured; what was not measured is absent. */
export interface HostNoise {
  /** CPU time that the hypervisor above this host took, during the boot or, in older records, during its run. */
  readonly stealMs?: number;
  /** One-minute load average. */
  readonly hostLoad?: number;
  readonly swapMiB?: number;
  /** The guest was ready to run, the host had no CPU for it; summed over all vCPUs. */
  readonly waitedMs?: number;
}

/**
 * One boot with all that a comparison must know of its run: a row of the history, and a line of `exportLines`. `runId`
 * and `bootId` together name it.
 */
export interface HistoryBoot extends HostNoise {
  /** See `runIdOf`. */
  readonly runId: string;
  /** "01", "02", …: the directory below boots/ of the run. */
  readonly bootId: string;
  /** `running` for a run that was killed, or had not ended when it was imported. */
  readonly runStatus: "running" | "finished" | "interrupted";
  /** Of the run: ISO 8601, UTC. */
  readonly startedAt: string;
  readonly image: string;
  readonly imageSha256: string;
  readonly profile: string;
  /** Name of the machine configuration. */
  readonly configuration: string;
  readonly accel: "kvm" | "tcg";
  /** Absent for a boot without a timeline. */
  readonly measure?: "wall" | "cost";
  readonly qemuVersion: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly hostKernel: string;
  readonly memoryMiB: number;
  /** Absent for a boot whose machine was never started. */
  readonly firmware?: "bios" | "uefi" | "kernel";
  readonly secureBoot?: boolean;
  readonly state: State;
  /** Power-on to the end of the last phase. */
  readonly totalMs?: number;
  /** Instructions; only of complete boots in cost mode. */
  readonly totalCost?: number;
  /** Time in which the guest had nothing to run; virtual time in cost mode. */
  readonly idleMs?: number;
  /** Digest of QEMU build, firmware and option string: instructions compare only where it is equal. */
  readonly comparability?: string;
  readonly phases: readonly HistoryPhase[];
}

const line = z.string().max(4096);
const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

const historyPhaseSchema: z.ZodType<HistoryPhase> = z.object({
  name: z.enum(phaseNames),
  startMs: amount,
  endMs: amount,
  cost: amount.exactOptional(),
  bytesRead: amount.exactOptional(),
});

export const historyBootSchema: z.ZodType<HistoryBoot> = z.object({
  runId: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
  bootId: z.string().regex(/^\d{2,5}$/, "expected a number such as 01"),
  runStatus: z.enum(["running", "finished", "interrupted"]),
  startedAt: z.iso.datetime(),
  image: line,
  imageSha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
  profile: line,
  configuration: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
  accel: z.enum(["kvm", "tcg"]),
  measure: z.enum(["wall", "cost"]).exactOptional(),
  qemuVersion: line,
  cpuModel: line,
  cores: count,
  hostKernel: line,
  memoryMiB: count,
  firmware: z.enum(["bios", "uefi", "kernel"]).exactOptional(),
  secureBoot: z.boolean().exactOptional(),
  state: z.enum(states),
  totalMs: amount.exactOptional(),
  totalCost: amount.exactOptional(),
  idleMs: amount.exactOptional(),
  comparability: z.string().max(200).exactOptional(),
  stealMs: amount.exactOptional(),
  hostLoad: amount.exactOptional(),
  swapMiB: amount.exactOptional(),
  waitedMs: amount.exactOptional(),
  phases: z
    .array(historyPhaseSchema)
    .max(phaseNames.length)
    .refine(
      (phases) => new Set(phases.map(({ name }) => name)).size === phases.length,
      "a phase stands here a second time",
    ),
});
