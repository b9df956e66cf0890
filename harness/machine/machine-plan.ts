import type { ImageManifest } from "../../images/schema.ts";
import type { Backing, GuestForward, WriteFault } from "../../qemu/machine-spec.ts";
import type { AgentTransport } from "../agent/injection/agent-units.ts";
import type { EtcPlace } from "../agent/injection/etc-unit.ts";

/** How the agent reaches the guest and talks; `none`: only the console is watched. */
export type AgentPlan =
  | { readonly kind: "credentials"; readonly transport: AgentTransport; readonly diskPath: string }
  | {
      readonly kind: "etc-unit";
      readonly transport: AgentTransport;
      readonly diskPath: string;
      readonly place: EtcPlace;
    }
  | { readonly kind: "builtin"; readonly transport: AgentTransport }
  | { readonly kind: "none"; readonly reason: string };

export type BootFiles =
  | { readonly kind: "disk"; readonly path: string; readonly format: "raw" | "qcow2" }
  | { readonly kind: "kernel"; readonly kernel: string; readonly initrd?: string };

/** A network card behind QEMU's NAT, which nothing but what is forwarded passes. */
export interface NetworkPlan {
  /** TCP ports of the guest that this host can reach. */
  readonly forwardedPorts: readonly number[];
  /** Addresses of the guest's network that lead to services of this host. Default none. */
  readonly guestForwards?: readonly GuestForward[];
}

/** The card's address; locally administered, in the range that QEMU uses. */
export const guestMac = "52:54:00:62:77:01";

/** A disk image file that a machine gets as it is; a writable one is the giver's own, and is written. */
export interface AttachedDisk {
  readonly serial: string;
  readonly path: string;
  readonly format: "raw" | "qcow2";
  readonly readOnly: boolean;
}

/**
 * What lies below the overlays that a machine writes to, by the serial of the disk. Under `firmwareVariablesSerial` the
 * variable store of a UEFI machine, of which the next gets a copy.
 */
export type DiskContents = Readonly<Record<string, Backing>>;

export const firmwareVariablesSerial = "uefi-vars";

/**
 * Everything that decides how an image is booted, as plain data: it crosses to suite workers, its digest is the plan
 * digest, and the same plan gives the same argv.
 */
export interface MachinePlan {
  readonly manifest: ImageManifest;
  readonly files: BootFiles;
  readonly accel: "kvm" | "tcg";
  readonly cpuModel: string;
  readonly agent: AgentPlan;
  /** Default: data disks are blank, and the system's is the image. */
  readonly diskContents?: DiskContents;
  /** Serials of disks of which every write is recorded. Default none. */
  readonly recordedDisks?: readonly string[];
  /** Disks that refuse writes, by serial. Default none. */
  readonly writeFaults?: Readonly<Record<string, WriteFault>>;
  /** More disks, after those of the manifest. Default none. */
  readonly attachedDisks?: readonly AttachedDisk[];
  /** Default: the machine has no network card. */
  readonly network?: NetworkPlan;
  /** Instructions are counted, by this plugin; the machine has one CPU then. Default: time is measured. */
  readonly counting?: { readonly pluginPath: string };
  /** Added to the kernel command line of a kernel boot. */
  readonly kernelArguments?: readonly string[];
}
