import type { ReleaseFile } from "./release-file.ts";
import type { UpdateCommands } from "./update-commands.ts";

/**
 * What an image manifest says, with what it left to be read from the image itself. `manifest-schema.ts` parses the YAML (its
 * keys are named there) and fills every default, so code reads these types only. Paths are absolute after loading.
 */
export interface ImageManifest {
  readonly schema: 1;
  /** `[a-z0-9-]+`; for catalogue images it equals the file's name. */
  readonly name: string;
  /** One line for people; default: the name. */
  readonly title: string;
  readonly source: ImageSource;
  /** A profile in `images/profiles`, or the absolute path of a profile file; default `generic`. */
  readonly profile: string;
  readonly machine: MachineNeeds;
  /** `"none"`: a kernel boot with nothing but its initrd. Default: a writable overlay over the image. */
  readonly systemDisk: SystemDisk | "none";
  /** Data disks, created blank for each machine; default none. */
  readonly disks: readonly BlankDisk[];
  /**
   * systemd credentials that the machine hands over by SMBIOS (systemd.system-credentials(7)), name to value: user data and
   * settings for the image, which stays untouched; default none.
   */
  readonly credentials: Readonly<Record<string, string>>;
  /** The guest's serial console, as the kernel names it; default `ttyS0`. */
  readonly console: { readonly device: string };
  readonly agent: AgentNeeds;
  /** What proves that the boot is over; default: the agent answers (or, console only, a login prompt). */
  readonly ready: ReadyWitness;
  /** Power-on to ready; a boot that takes longer failed. Default 120,000 (kvm) and 480,000 (tcg). */
  readonly deadlines: { readonly bootMs: PerAccelerator };
  /** At most one per phase; default none. */
  readonly budgets: readonly PhaseBudget[];
  /** Suites that `run` starts without `--suite`; default: those of the profile. */
  readonly suites: readonly string[];
  /** Releases of an image that is not built here. Absent: there are none, or they are built. */
  readonly releases?: readonly ReleaseFile[];
  /** How the updater is called that the driver `command` runs. Absent: nobody says. */
  readonly updateCommands?: UpdateCommands;
}

/** A manifest as it stands in its file: what is `detect` there is read from the image before it is booted. */
export interface StatedManifest extends Omit<ImageManifest, "systemDisk" | "suites"> {
  /** As of a manifest, or `detect`: the profile whose rules fit the image. */
  readonly profile: string;
  readonly systemDisk: StatedSystemDisk | "none";
  /** Absent: those of the profile. */
  readonly suites?: readonly string[];
}

export interface StatedSystemDisk {
  readonly readOnly: boolean;
  /** `detect`: the partition in which the root of an operating system is found. */
  readonly rootPartition: PartitionName | "none" | "detect";
}

export type ImageSource =
  /** Built here, by the recipe of that name. */
  | { readonly kind: "build"; readonly recipe: string }
  | ImageFileSource
  /** A file that each user has to bring: `--image-file PATH`. */
  | {
      readonly kind: "given";
      /** Where to get it, one sentence. */
      readonly obtain: string;
    };

export interface ImageFileSource {
  readonly kind: "file";
  readonly path: string;
  readonly format: "raw" | "qcow2";
  /** 64 lower-case hex digits; the file is refused when it differs. */
  readonly sha256?: string;
  /** Backing or data files that the image may name; any other is refused. Default none. */
  readonly allowBacking: readonly string[];
}

export interface MachineNeeds {
  /** 64–1,048,576; default 1024. */
  readonly memoryMiB: number;
  /** 1–64; default 2. */
  readonly cpus: number;
  readonly boot: BootMethod;
  /** A TPM 2.0 of the machine's own, empty at power-on. Default false. */
  readonly tpm: boolean;
  /** A watchdog (i6300esb), which resets a guest that has armed it and falls silent. Default false. */
  readonly hasWatchdog: boolean;
  /** Default: the keys `microsoft`. */
  readonly firmwareVariables: FirmwareVariables;
}

/** What UEFI firmware finds in its variable store at power-on; each machine gets a fresh copy. */
export type FirmwareVariables =
  /**
   * Under Secure Boot the keys enrolled: those of bought machines, with which the images that we build are signed, or
   * Debian's snakeoil test key. Without Secure Boot the store is empty, and with `none`, which only mutants have, always.
   */
  | { readonly kind: "keys"; readonly keys: "microsoft" | "snakeoil" | "none" }
  /** A raw store of the user's, with or without Secure Boot. */
  | { readonly kind: "file"; readonly path: string };

/** Default `bios`. */
export type BootMethod =
  | { readonly kind: "firmware"; readonly firmware: "bios" }
  | {
      readonly kind: "firmware";
      readonly firmware: "uefi";
      /** The firmware checks signatures, with the keys in its variable store. Default false. */
      readonly secureBoot: boolean;
    }
  | {
      readonly kind: "kernel";
      /** The image's own arguments; the harness puts the console first. Default empty. */
      readonly commandLine: string;
      /** Absent when the image is built here: the build gives the files. */
      readonly kernel?: string;
      readonly initrd?: string;
    };

export interface SystemDisk {
  /** Attached so that the guest cannot write it; false gives each machine an overlay. Default false. */
  readonly readOnly: boolean;
  /** The partition whose digest must not change; default `"none"`. */
  readonly rootPartition: PartitionName | "none";
}

export interface BlankDisk {
  /** Seen in the guest as `/dev/disk/by-id/virtio-SERIAL`; at most 20 bytes (virtio-blk). */
  readonly serial: string;
  /** 1–1,048,576. */
  readonly sizeMiB: number;
}

/** A partition of the system disk. */
export type PartitionName =
  /** Its GPT name. */
  | { readonly label: string }
  /** 1-based, as in /dev/vda5. */
  | { readonly number: number };

export interface AgentNeeds {
  /** Ways to get the agent in, of which the first that fits is used; `[]` means console only; default `[credentials]`. */
  readonly injection: readonly InjectionStrategy[];
  /** Where the writable layer of /etc lies; `etc-unit` needs it. */
  readonly etcLayer?: EtcLayer;
}

/**
 * - `credentials`  systemd credentials over SMBIOS; needs systemd 256
 * - `etc-unit`     units in the writable layer of /etc, in this machine's copy of the disk or partition that holds it
 * - `builtin`      the image starts the agent itself, nothing is injected
 */
export const injectionStrategies = ["credentials", "etc-unit", "builtin"] as const;
export type InjectionStrategy = (typeof injectionStrategies)[number];

export interface EtcLayer {
  readonly on: /** One of `disks`, by its serial. */
    | { readonly kind: "disk"; readonly serial: string }
    | { readonly kind: "partition"; readonly partition: PartitionName };
  /**
   * What becomes /etc, or the upper directory of its overlay: a path in that file system. In a stated manifest also `detect`:
   * the one directory of the partition that looks like the latter.
   */
  readonly directory: string;
}

export type ReadyWitness =
  /** A systemd unit is active. */
  | { readonly kind: "unit"; readonly unit: string }
  /** The text stands in one console line. */
  | { readonly kind: "console"; readonly text: string }
  | { readonly kind: "agent" };

/** Emulation is slower by a factor of 3 to 10, so every limit has both. Milliseconds. */
export interface PerAccelerator {
  readonly kvm: number;
  readonly tcg: number;
}

/** The phases of a boot, in order: a closed list that `timeline.json` uses too. */
export const bootPhases = [
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
export type BootPhase = (typeof bootPhases)[number];

export interface PhaseBudget {
  readonly phase: BootPhase;
  /** Longest allowed duration of the phase. */
  readonly budgetMs: PerAccelerator;
  /** The same under Secure Boot, whose firmware and loader have signatures to check; default `budgetMs`. */
  readonly secureBootMs?: PerAccelerator;
}
