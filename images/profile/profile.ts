import type { Access } from "./access.ts";
import type { AdminContainer } from "./admin-container.ts";
import type { BootstrapContainers } from "./bootstrap-container.ts";
import type { Containerd } from "./containerd.ts";
import type { Critest } from "./critest.ts";
import type { DataDisk } from "./data-disk.ts";
import type { Identity } from "./identity.ts";
import type { Kubelet } from "./kubelet.ts";
import type { MinimalOs } from "./minimal-os.ts";
import type { PreloadedImages } from "./preloaded-images.ts";
import type { Upgrade } from "./upgrade.ts";

/** What an operating system promises: the checks read their expectations from here, never from the image. */
export interface Profile {
  readonly schema: 1;
  readonly name: string;
  readonly title: string;
  /** An image is of this profile when one of the rules fits. Empty: never detected, and right for any image. */
  readonly match: readonly ProfileRule[];
  /** Suites that `run` starts without `--suite`. */
  readonly suites: readonly string[];
  /** What it answers for, by the ids of the claims table; a claim in neither list is not judged. */
  readonly claims: readonly { readonly id: string }[];
  readonly notClaimed: readonly NotClaimed[];
  /** What the read-only-root suite expects; absent when the OS makes no such promise. */
  readonly readOnlyRoot?: ReadOnlyRoot;
  /** What the minimal-os suite expects; absent when the OS makes no such promise. */
  readonly minimalOs?: MinimalOs;
  /** Absent when the OS says nothing of who may get in. */
  readonly access?: Access;
  /** Absent when the OS keeps its data with itself. */
  readonly dataDisk?: DataDisk;
  /** Absent when the OS does not say who it is. */
  readonly identity?: Identity;
  /** Absent when the OS makes no such promise. */
  readonly preloadedImages?: PreloadedImages;
  /** Absent when the OS runs no user data in containers, or takes none from systemd credentials. */
  readonly bootstrapContainers?: BootstrapContainers;
  /** Absent when the OS says nothing of how it runs containers. */
  readonly containerd?: Containerd;
  /** Absent when the OS has no admin container. */
  readonly adminContainer?: AdminContainer;
  /** Specs of critest that do not pass, and why. Absent: none is known. */
  readonly critest?: Critest;
  /** The same for Kubernetes' node tests. Absent: none is known. */
  readonly nodeE2e?: Critest;
  /** Absent when the OS has no kubelet. */
  readonly kubelet?: Kubelet;
  /** Absent when the OS does not say how it is updated. */
  readonly upgrade?: Upgrade;
}

/** By what an image is known to be of a profile, read from its file; all of it must hold. */
export interface ProfileRule {
  /** os-release fields with their values, of which at least one; a `*` at the end stands for any text. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** Paths at which something stands in the image, which tell versions of one system apart. */
  readonly present: readonly string[];
  /** Paths at which nothing does. */
  readonly absent: readonly string[];
}

export interface NotClaimed {
  readonly id: string;
  readonly reason: string;
}

/**
 * - `read-only`  every write is refused
 * - `stateful`   writable, kept across a reboot
 * - `volatile`   writable, cleared by a reboot
 * - `link`       a symbolic link, listed in `links`
 */
export const directoryClasses = ["read-only", "stateful", "volatile", "link"] as const;
export type DirectoryClass = (typeof directoryClasses)[number];

export interface ReadOnlyRoot {
  /** Mount points (or directories under them) where a remount must be refused too. */
  readonly readOnlyMounts: readonly string[];
  readonly directories: readonly { readonly path: string; readonly class: DirectoryClass }[];
  /** These topmost directories accept a new file, and but for `mayBeWritable` no others. */
  readonly writableRoots: readonly string[];
  /** More that may, such as mounts that running containers bring; `*` stands for any text. Default none. */
  readonly mayBeWritable: readonly string[];
  /** Whether the disk below refuses writes too, and not only what is mounted from it. Default true. */
  readonly isDeviceReadOnly: boolean;
  /** Link path to its target text, in which `*` stands for any text. */
  readonly links: Readonly<Record<string, string>>;
  /** Mount points of type tmpfs. */
  readonly tmpfs: readonly string[];
  /** Writable directories in which no program runs that was put there. */
  readonly noExec: readonly string[];
}
