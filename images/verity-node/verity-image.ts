// A node whose root is sealed by dm-verity, in one of two slots; boot entries with counters; see docs/reference-ab-image.md.
import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { applyChanges, type ContentOf } from "../builder/apply-changes.ts";
import type { NodeArchives } from "../builder/debian-root.ts";
import { sourceDateEpoch } from "../builder/mmdebstrap.ts";
import type { RecipeChange } from "../mutant.ts";
import { filler, fillerPath } from "../release/filler.ts";
import { argumentsLine } from "./boot-entry.ts";
import { bootFiles } from "./boot-files.ts";
import type { SealedRoot } from "./seal-root.ts";
import { imageIdOf, stateVersion } from "./state-version.ts";
import { openTarTree } from "./tar-tree.ts";
import { refuseUnfit } from "./unfit-changes.ts";
import { partsIn, type VerityParts, verityDisk } from "./verity-disk.ts";

/** The version that the image itself is. */
export const firstVersion = "1";

export interface BuildPlaces {
  readonly outDir: string;
  readonly workDir: string;
}

/** Makes a verity node of the archives that its recipe left; what releases and mutants are made of is kept beside the disk. */
export const buildVerityImage = async (
  { root, boot = "" }: NodeArchives,
  { recipeDir, outDir, workDir }: BuildPlaces & { readonly recipeDir: string },
): Promise<void> => {
  const parts = partsIn(outDir);
  await exec("tar", ["--extract", "--no-same-owner", `--file=${boot}`, `--directory=${outDir}`]);
  renameSync(root, parts.root);
  const stated = readFileSync(join(recipeDir, "kernel-arguments"), "utf8").trim().split("\n");
  writeFileSync(parts.arguments, argumentsLine(stated));
  await verityDisk(parts, { version: firstVersion, workDir });
};

export interface VerityChanges extends BuildPlaces {
  readonly changes: readonly RecipeChange[];
  readonly contentOf: ContentOf;
  /** Default: that of the image itself. */
  readonly version?: string;
  /** Of a file that cannot be packed; the first slot is larger by it. Default 0. */
  readonly fillerMiB?: number;
}

export interface ChangedImage {
  readonly parts: VerityParts;
  readonly root: SealedRoot;
  /** IMAGE_ID of its os-release. */
  readonly imageId: string;
}

/**
 * Makes another image of a built one in seconds: a mutant, or a release of its own version.
 * @param baseDir the folder that `buildVerityImage` filled.
 * @throws {ImageError} IMAGE_BUILD for changes that do not fit the image.
 */
export const changeVerityImage = async (
  baseDir: string,
  { changes, contentOf, version = firstVersion, fillerMiB = 0, outDir, workDir }: VerityChanges,
): Promise<ChangedImage> => {
  refuseUnfit(changes);
  const base = partsIn(baseDir);
  const parts = partsIn(outDir);
  for (const part of ["kernel", "initrd", "loader", "arguments"] as const)
    copyFileSync(base[part], parts[part]);
  using tree = openTarTree(base.root);
  // First, for a release may be without the file that says so.
  if (version !== firstVersion) await stateVersion(tree.files, version);
  const baseId = await imageIdOf(tree.files);
  await applyChanges(
    {
      disk: "",
      root: tree.files,
      initrd: { files: bootFiles(outDir), path: "/initrd" },
      kernel: { files: bootFiles(outDir), path: "/vmlinuz" },
      kernelLines: [{ files: bootFiles(outDir), path: "/arguments", start: "\noptions " }],
    },
    changes,
    contentOf,
  );
  if (fillerMiB > 0) await tree.files.write(fillerPath, filler(fillerMiB), 0o644);
  tree.save(parts.root, Number(sourceDateEpoch));
  const imageId = await imageIdOf(tree.files).catch(() => baseId);
  return {
    parts,
    root: await verityDisk(parts, { version, workDir, moreMiB: fillerMiB }),
    imageId,
  };
};
