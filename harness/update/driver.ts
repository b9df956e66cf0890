import type { Backing } from "../../qemu/machine-spec.ts";
import type { AgentClient } from "../agent/agent-client.ts";
import type { DiskContents } from "../machine/machine-plan.ts";

/** One version of an image. */
export interface Release {
  /** As in `v2`; `v1` is the image itself. */
  readonly name: string;
  /** IMAGE_VERSION in its os-release; absent where it has none. */
  readonly version?: string;
  /** Which release exactly: the checksum of an OSTree commit, or the root hash of dm-verity. */
  readonly identity: string;
  /** Its kernel is started with these among others. Absent: not known. */
  readonly kernelArguments?: readonly string[];
  /** A disk with this release, which boots by itself. */
  readonly disk: string;
  /** Default raw. */
  readonly diskFormat?: "raw" | "qcow2";
  /** A raw ext4 file system from which an updater in the guest takes it; absent for `v1`. */
  readonly payload?: string;
  /** Of the disk with the payload, where a machine has several. Default `update`. */
  readonly payloadSerial?: string;
  /** A file of the payload that only this release has, from its root: who damages it damages the release. Absent: not known. */
  readonly ownFile?: string;
}

/** The disk of a release, as something to be put below a machine's own. */
export const diskOf = ({ disk, diskFormat = "raw" }: Release): Backing => ({
  path: disk,
  format: diskFormat,
});

/** A release that can be booted, as the node itself lists it. */
export interface BootEntry {
  readonly identity: string;
  readonly isBooted: boolean;
  /** Whether the next boot starts it. */
  readonly isNext: boolean;
}

/** What disks hold at the next power-on in place of what they held; empty where the guest updates itself. */
export type NextDisks = DiskContents;

/**
 * A way to update a node. Its acts run programs in the guest; where one fails, they throw {GuestError} UPDATE_FAILED, or
 * {TimeoutError} when it does not end.
 */
export interface UpdateDriver {
  readonly kind: "ostree" | "ab" | "replace-disk" | "command";
  /** Brings a release to the node, whose payload is the disk with the serial `update`; what it runs, and would boot, stays what it is. */
  stage(agent: AgentClient, release: Release): Promise<void>;
  /** When it has returned, the update counts as acknowledged: the next boot starts the release. */
  activate(agent: AgentClient, release: Release): Promise<NextDisks>;
  /** The next boot starts the release that ran before. */
  rollBack(agent: AgentClient, previous: Release): Promise<NextDisks>;
  /** Identity of the release that runs. */
  version(agent: AgentClient): Promise<string>;
  /** Whether `entries` lists what does not run, too. */
  readonly canList: boolean;
  entries(agent: AgentClient): Promise<readonly BootEntry[]>;
  /**
   * What the node's own timer does while the payload offers a release: whether that is installed is up to the updater. Returns what
   * it printed. Absent where nothing on the node looks for updates by itself.
   */
  offer?(agent: AgentClient, release: Release): Promise<string>;
}

/** What a driver is told of the run. */
export interface DriverOptions {
  /** How much slower this host is than the one for which time limits are written. */
  readonly slowness: number;
  /** Gets each program of the updater that has ended. Default: nobody. */
  readonly onRun?: (run: UpdaterRun) => void;
}

/** One program of an updater, after its end. */
export interface UpdaterRun {
  readonly argv: readonly string[];
  /** As in `exit code 1` or `signal SIGKILL`. */
  readonly end: string;
  readonly elapsedMs: number;
  /** The end of what it printed, to both outputs, printable. */
  readonly printed: string;
}
