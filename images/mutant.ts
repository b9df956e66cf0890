import type { Critest } from "./profile/critest.ts";
import type { Identity } from "./profile/identity.ts";
import type { Profile } from "./profile/profile.ts";
import type { BlankDisk, MachineNeeds, StatedManifest } from "./schema.ts";

/** A named change to an image, with the checks that must fail on it, and only those. */
export interface Mutant {
  readonly schema: 1;
  readonly name: string;
  /** The catalogue image that it changes. */
  readonly of: string;
  readonly title: string;
  /** Whether it stands for its suite where there is no time for all (key `quick` of the file). */
  readonly isQuick: boolean;
  readonly overrides: ManifestOverrides;
  /** At which its suites are run on it: where its checks are not registered at level quick, a higher one. */
  readonly runLevel: "quick" | "standard" | "full";
  /** What the profile promises instead, for what cannot be changed in an image that boots. */
  readonly promises: ProfileOverrides;
  /** Applied in order while the image is built; empty: the base image's own file is used. */
  readonly recipe: readonly RecipeChange[];
  /** false: only the checks of the image's file are run on it. */
  readonly boots: boolean;
  /** Ids of checks that must be `fail`. */
  readonly fails: readonly string[];
  /** Globs of check ids (`*` stands for any text) that must be `skip`, because the boot failed. */
  readonly skips: readonly string[];
}

/** What a mutant changes in its image's profile (key `promises` of the file). */
export interface ProfileOverrides {
  readonly identity?: Partial<Identity>;
  readonly critest?: Critest;
}

/** What a mutant changes in its image's manifest (key `manifest` of the file). */
export interface ManifestOverrides {
  readonly systemDisk?: { readonly readOnly: boolean };
  readonly machine?: Partial<MachineNeeds>;
  /** Serials of disks that are left out. */
  readonly removeDisks: readonly string[];
  readonly addDisks: readonly BlankDisk[];
}

/** Code that a BIOS boot runs before GRUB can read files; the firmware loads the first, the first the second. */
export type BootCodeStage = "boot-sector" | "core-image";

/** Where a program that a mutant adds is from. */
export type ProgramSource = PackageFile | OwnProgram;

/** A file as a package of the images' Debian release has it. */
export interface PackageFile {
  /** Its name, with an architecture other than amd64 as in `hello:arm64`. */
  readonly package: string;
  readonly from: string;
}

/** A static program that is built from its folder in images/mutants/programs. */
export interface OwnProgram {
  /** The folder's name. */
  readonly program: string;
}

/**
 * One change to the image; paths are those of the running system, unless another place is named. In those of files `*`
 * stands for the rest of the one name that fits.
 */
export type RecipeChange =
  | {
      readonly kind: "add-file";
      readonly path: string;
      /** Permission bits; default 0o644. */
      readonly mode: number;
      readonly text: string;
    }
  /** A program under any path and name, in the root or in the initrd. */
  | (ProgramSource & {
      readonly kind: "add-program";
      readonly path: string;
      /** Permission bits; default 0o755. */
      readonly mode: number;
      readonly to: "root" | "initrd";
    })
  | { readonly kind: "remove-file"; readonly path: string }
  | { readonly kind: "set-mode"; readonly path: string; readonly mode: number }
  /** The program runs with this capability, by its number in linux/capability.h, whoever starts it. */
  | { readonly kind: "grant-capability"; readonly path: string; readonly capability: number }
  /** `match` must stand in the file exactly once. */
  | {
      readonly kind: "replace-text";
      readonly path: string;
      readonly match: string;
      readonly with: string;
    }
  /** Links the unit into `TARGET.wants` of `wantedBy`; default `multi-user.target`. */
  | { readonly kind: "enable-unit"; readonly unit: string; readonly wantedBy: string }
  | { readonly kind: "add-kernel-argument"; readonly argument: string }
  | { readonly kind: "remove-kernel-argument"; readonly argument: string }
  /** A file of the initrd, in a folder that the initrd has; it takes the place of one of the same path. */
  | {
      readonly kind: "add-to-initrd";
      readonly path: string;
      /** Permission bits; default 0o644. */
      readonly mode: number;
      readonly text: string;
    }
  /** Nobody vouches any more for the kernel that the machine boots; its code is the same. */
  | { readonly kind: "remove-kernel-signature" }
  /** The stage waits, idle, before it does its work. Has no effect on a UEFI boot. */
  | {
      readonly kind: "stall-boot-code";
      readonly stage: BootCodeStage;
      readonly seconds: number;
    };

/** The name under which the mutant is run: `reference+root-rw`. */
export const mutantImageName = (mutant: Mutant): string => `${mutant.of}+${mutant.name}`;

/** The suites to run on it: the first parts of the ids in `fails` and `skips`; `boot/…` belongs to every suite. */
export const suitesOfMutant = ({ fails, skips }: Mutant): readonly string[] => {
  const firstParts = [...fails, ...skips].map((id) => id.split("/", 1).join(""));
  return [...new Set(firstParts)].filter((part) => part !== "boot" && !part.includes("*"));
};

/** The base image's manifest with the mutant's overrides; the name becomes `IMAGE+MUTANT`. */
export const applyMutant = (manifest: StatedManifest, mutant: Mutant): StatedManifest => {
  const { systemDisk, machine, removeDisks, addDisks } = mutant.overrides;
  return {
    ...manifest,
    name: mutantImageName(mutant),
    title: mutant.title,
    machine: { ...manifest.machine, ...machine },
    systemDisk:
      manifest.systemDisk === "none" || systemDisk === undefined
        ? manifest.systemDisk
        : { ...manifest.systemDisk, ...systemDisk },
    disks: [...manifest.disks.filter(({ serial }) => !removeDisks.includes(serial)), ...addDisks],
  };
};

/** The base image's profile with the mutant's promises. */
export const applyPromises = (profile: Profile, { promises }: Mutant): Profile => {
  const identity = changed(profile.identity, promises.identity);
  const { critest = profile.critest } = promises;
  return {
    ...profile,
    ...(identity === undefined ? {} : { identity }),
    ...(critest === undefined ? {} : { critest }),
  };
};

const changed = <T>(base: T | undefined, changes: Partial<T> | undefined): T | undefined =>
  base === undefined ? undefined : { ...base, ...changes };
