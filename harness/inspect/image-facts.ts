// What `bootwright inspect` finds, and nothing of what it means: suites judge. Paths and other texts of the image are
// those of fact-text.ts; paths are absolute in the inspected root, or have the part of the image before them in which they
// are, as in `partition 2: /EFI/x` and `/boot/initrd.img: /bin/x`.
import type { Problem } from "./problem.ts";
import type { ProgramCategory } from "./programs/known-program.ts";

/** Version of `inspect --json`. Adding an optional field keeps it; anything else raises it. */
export const factsVersion = 1;

export interface ImageFacts {
  readonly schemaVersion: typeof factsVersion;
  readonly image: ImageFileFact;
  readonly partitionTable: PartitionTableFact;
  readonly root: RootFact;
  readonly kernels: readonly KernelFact[];
  readonly initrds?: readonly InitrdFact[];
  /** Versions that /usr/lib/modules has a directory for. */
  readonly moduleTrees: readonly string[];
  readonly packages: PackagesFact;
  readonly files: FilesFact;
  readonly elf: ElfFact;
  readonly programs: readonly ProgramFact[];
  readonly scripts: readonly ScriptFact[];
  readonly services: ServicesFact;
  readonly accounts: AccountsFact;
  readonly problems: readonly Problem[];
}

export interface ImageFileFact {
  readonly path: string;
  readonly format: "raw" | "qcow2";
  readonly fileBytes: number;
  readonly virtualBytes: number;
  readonly sha256?: string;
}

interface PartitionTableFact {
  readonly scheme: "gpt" | "mbr" | "none";
  readonly sectorBytes: number;
  readonly partitions: readonly PartitionFact[];
}

export interface PartitionFact {
  /** 1-based; 0 for a file system that fills the disk. */
  readonly index: number;
  readonly label: string;
  readonly typeGuid: string;
  readonly startByte: number;
  readonly sizeBytes: number;
  readonly fileSystem: FileSystemFact;
}

export const fileSystemKinds = [
  "ext2",
  "ext3",
  "ext4",
  "xfs",
  "btrfs",
  "erofs",
  "squashfs",
  "vfat",
  "iso9660",
  "swap",
  "luks",
  "lvm2",
  "verity-hash",
  "empty",
  "unknown",
] as const;

export interface FileSystemFact {
  readonly kind: (typeof fileSystemKinds)[number];
  readonly label?: string;
  readonly uuid?: string;
  readonly contents:
    | { readonly state: "read" }
    | { readonly state: "unreadable"; readonly reason: string }
    | { readonly state: "unsupported"; readonly reason: string };
}

export type RootFact =
  | {
      readonly state: "found";
      /** Index of its partition. */
      readonly partition: number;
      /** Where in the partition; `/` unless it is an OSTree deployment. */
      readonly path: string;
      readonly deployment?: DeploymentFact;
      /** When its file system was made: the time of the build, or what the build takes for it. */
      readonly madeAt: string;
      /** More places that look like a root, not inspected. */
      readonly others: readonly string[];
      readonly osRelease?: OsReleaseFact;
    }
  | { readonly state: "none"; readonly reason: string };

export interface DeploymentFact {
  readonly os: string;
  readonly checksum: string;
  readonly serial: number;
}

export interface OsReleaseFact {
  /** Where the text really is, links followed. */
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface KernelFact {
  readonly path: string;
  readonly version?: string;
  readonly sizeBytes: number;
}

export interface InitrdFact {
  /** As of a kernel; paths of what is in it have this and a colon before them. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** How its archives are packed, in order, as in `zstd`; `none` for a plain one. Empty for a copy of one before it. */
  readonly packings: readonly string[];
  /** How many files and directories; absent for a copy of one before it. */
  readonly entries?: number;
}

export type PackagesFact =
  | {
      readonly state: "read";
      readonly kind: "dpkg" | "rpm";
      readonly path: string;
      readonly installedBytes: number;
      readonly list: readonly PackageFact[];
    }
  | { readonly state: "none"; readonly reason: string }
  | { readonly state: "corrupt" | "unsupported"; readonly path: string; readonly reason: string };

export interface PackageFact {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly installedBytes: number;
}

export interface FilesFact {
  /** Each once, however many hard links it has. */
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  readonly devices: number;
  readonly bytes: number;
  /** Of all file systems. */
  readonly setuid: readonly OwnedFile[];
  readonly setgid: readonly OwnedFile[];
  /** Programs with capabilities, of all file systems. */
  readonly capable?: readonly string[];
}

interface OwnedFile {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/** ELF files of all file systems; those in an initrd are told as `foreign` only. */
export interface ElfFact {
  readonly count: number;
  /** The one that most programs are for. */
  readonly machine?: string;
  readonly machines: Readonly<Record<string, number>>;
  /** All that are for another machine. */
  readonly foreign: readonly { readonly path: string; readonly machine: string }[];
  readonly static: readonly string[];
  /** Programs and libraries that call system() or popen(), which need /bin/sh. */
  readonly callShell: readonly string[];
  readonly unowned:
    | { readonly state: "known"; readonly paths: readonly string[] }
    | { readonly state: "unknown"; readonly reason: string };
  /** Those of a package whose content is not what the package says; absent when `unowned` is unknown. */
  readonly altered?: readonly string[];
  /** Those of a package that does not say what they were; absent when `unowned` is unknown. */
  readonly unverified?: readonly string[];
}

export interface ProgramFact {
  readonly path: string;
  readonly kind: "file" | "link";
  readonly program: string;
  readonly category: ProgramCategory;
  readonly evidence: readonly {
    readonly kind: "name" | "symbol" | "library" | "text";
    readonly seen: string;
  }[];
}

export interface ScriptFact {
  readonly path: string;
  readonly interpreter: string;
  readonly interpreterState: "found" | "absent" | "loop" | "unreadable";
  readonly isExecutable: boolean;
}

/** Something that the system starts by name, and that is a script, an interpreter, or not there. */
export interface StartReference {
  /** The file that names it, and where in it. */
  readonly file: string;
  readonly line: number;
  readonly key: string;
  readonly command: string;
  /** The program or script that is meant. */
  readonly program: string;
  /** `program` stands here only when it is absent. */
  readonly kind: "shell" | "language" | "script" | "program";
  readonly isPresent: boolean;
}

export interface ServicesFact {
  /** Unit files of the system manager. */
  readonly units: number;
  /** By links in .wants, .requires and .upholds directories, less the masked ones. */
  readonly enabled: readonly {
    readonly unit: string;
    readonly by: string;
    readonly isPresent: boolean;
  }[];
  readonly masked: readonly string[];
  readonly sockets: readonly SocketFact[];
  readonly getty: {
    readonly enabled: readonly string[];
    /** systemd's generator starts a getty on the serial console by itself. */
    readonly generator?: string;
  };
  readonly references: readonly StartReference[];
}

export interface SocketFact {
  readonly unit: string;
  /** As in ListenStream=. */
  readonly kind: string;
  readonly address: string;
  readonly isEnabled: boolean;
}

export interface AccountsFact {
  readonly shadow: "read" | "absent";
  readonly withPassword: readonly string[];
  /** Anybody gets in. */
  readonly withEmptyPassword: readonly string[];
  readonly locked: number;
  /** User id 0. */
  readonly superusers: readonly string[];
  /** Accounts with a shell that is neither nologin nor false. */
  readonly loginShells: readonly {
    readonly account: string;
    readonly shell: string;
    readonly isPresent: boolean;
  }[];
  readonly authorizedKeys: readonly string[];
}
