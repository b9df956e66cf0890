import type {
  BootEntry,
  ConsoleComplaint,
  DataDisk,
  PhaseJudgement,
  Release,
  SystemDisk,
  UpdaterRun,
} from "../../harness/index.ts";
import type { NodeChanges } from "./node-changes.ts";
import type { OfferSeen } from "./refused/offer.ts";

/** From the first release to the second, back again, and once more to the second. */
export const stepNames = ["v2", "back", "again"] as const;
export type StepName = (typeof stepNames)[number];

/** The release that runs after each step. */
export const releaseAfter: Readonly<Record<StepName, "v1" | "v2">> = {
  v2: "v2",
  back: "v1",
  again: "v2",
};

/** A node that runs, as it and its machine show it. */
export interface NodeSeen {
  readonly bootId: string;
  readonly identity: string;
  /** IMAGE_VERSION of its os-release. */
  readonly imageVersion: string | undefined;
  readonly commandLine: string;
  /** Undefined where the driver cannot list them. */
  readonly entries: readonly BootEntry[] | undefined;
  /** What stands in /etc, by path, as `TreeDigests` has it. */
  readonly etc: ReadonlyMap<string, string>;
  /** What the release ships there, where the root's device tells. */
  readonly shippedEtc: ReadonlyMap<string, string> | undefined;
  readonly failedUnits: readonly string[];
  readonly complaints: readonly ConsoleComplaint[];
  readonly containers: { readonly absent: readonly string[]; readonly wasStarved: boolean };
  readonly services: readonly ServiceSeen[];
  readonly phases: readonly (PhaseJudgement & { readonly phase: string })[];
}

export interface ServiceSeen {
  readonly name: string;
  readonly isHealthy: boolean;
  readonly wasStarved: boolean;
  /** In words. */
  readonly lastSeen: string;
}

/** What its disks held after that boot, when it was off; a disk that the machine does not have is missing. */
export interface DisksSeen {
  readonly system: SystemDisk;
  readonly data?: DataDisk;
}

export type Blamed = "version" | "previous";

export type StepSeen =
  | { readonly kind: "seen"; readonly node: NodeSeen; readonly disks: DisksSeen }
  | {
      readonly kind: "missing";
      /** The checks that fail for it; all others are skipped. */
      readonly blames: readonly Blamed[];
      readonly reason: string;
      /** The end of its console, where a machine did not come up. */
      readonly consoleTail: readonly string[];
    };

export interface CycleSeen {
  readonly releases: { readonly v1: Release; readonly v2: Release };
  /** What each release ships, read from its own disk. */
  readonly shipped: { readonly v1: SystemDisk; readonly v2: SystemDisk };
  readonly changes: NodeChanges;
  /** Of the node before the first update. */
  readonly before: { readonly node: NodeSeen; readonly disks: DisksSeen };
  /** Up to the first that is missing. */
  readonly steps: readonly (StepSeen & { readonly name: StepName })[];
  /** What became of the older release that it was told to update to. */
  readonly older: OfferSeen | undefined;
  readonly runs: readonly UpdaterRun[];
  /** From power-on of the first machine to the end of the step `back`, or of the last that was made. */
  readonly durationMs: number;
}
