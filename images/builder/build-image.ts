import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../harness/core/cache-dir.ts";
import { ImageError } from "../../harness/core/errors.ts";
import { exec } from "../../harness/core/exec.ts";
import { removeAtEnd } from "../../harness/core/reaper.ts";
import { sha256OfFile, sha256OfText } from "../../harness/core/sha256.ts";
import { tempDir } from "../../harness/core/tmp.ts";
import type { Mutant } from "../mutant.ts";
import { applyChanges } from "./apply-changes.ts";
import { buildDebianRoot } from "./debian-root.ts";
import { buildDiskImage } from "./disk-image.ts";
import { nodeDiskLayout } from "./disk-layout.ts";
import { openExt4 } from "./ext4-edit.ts";
import { buildProbeImage } from "./probe-image.ts";
import { recipeKey } from "./recipe-key.ts";

/** What a build left in the cache: a whole disk, or a kernel with its initrd. */
export type BuiltImage =
  | { readonly kind: "disk"; readonly disk: string; readonly isFresh: boolean }
  | {
      readonly kind: "kernel";
      readonly kernel: string;
      readonly initrd: string;
      readonly isFresh: boolean;
    };

export interface BuildOptions {
  /** The static guest agent; asked for only when the recipe contains it. */
  readonly agentPath: () => Promise<string>;
  /** Each line that the build's programs print. */
  readonly onLine: (line: string) => void;
}

const rootMiB = 640;
const recipesDir = join(import.meta.dirname, "..", "recipes");

/**
 * Builds one of our own images from Debian packages, or takes it from the cache when its recipe is unchanged.
 * Two builds side by side do the work twice and the first to finish wins: no lock can be left behind.
 * @throws {ImageError} IMAGE_UNKNOWN for a recipe that does not exist; IMAGE_BUILD when a step failed.
 */
export const buildImage = async (recipe: string, options: BuildOptions): Promise<BuiltImage> => {
  const recipeDir = join(recipesDir, recipe);
  if (!/^[a-z0-9-]+$/.test(recipe) || !existsSync(recipeDir)) {
    throw new ImageError(
      "IMAGE_UNKNOWN",
      `There is no recipe ${JSON.stringify(recipe)} in images/recipes`,
    );
  }
  if (recipe === "probe") return buildProbe(recipeDir, options);
  const key = recipeKey([recipeDir, join(recipesDir, "node"), import.meta.dirname]);
  const { dir, isFresh } = await cached(recipe, key, async (outDir, workDir) => {
    const rootTar = join(workDir, "root.tar");
    await buildDebianRoot(recipeDir, rootTar, options.onLine);
    await buildDiskImage({ rootTar, diskPath: join(outDir, "disk.raw"), workDir, rootMiB });
  });
  return { kind: "disk", disk: join(dir, "disk.raw"), isFresh };
};

/** Builds `mutant` from its base image: a sparse copy whose files are edited in place. */
export const buildMutant = async (mutant: Mutant, options: BuildOptions): Promise<BuiltImage> => {
  const base = await buildImage(mutant.of, options);
  if (base.kind === "kernel" || mutant.recipe.length === 0) return base;
  const key = sha256OfText(`${base.disk}\n${JSON.stringify(mutant.recipe)}`).slice(0, 16);
  const { dir, isFresh } = await cached(
    `${mutant.of}+${mutant.name}`,
    key,
    async (outDir, workDir) => {
      const disk = join(outDir, "disk.raw");
      await exec("cp", ["--sparse=always", "--reflink=auto", base.disk, disk]);
      const root = nodeDiskLayout(rootMiB).find(({ name }) => name === "root");
      await applyChanges(openExt4(disk, root?.startByte ?? 0, workDir), mutant.recipe);
    },
  );
  return { kind: "disk", disk: join(dir, "disk.raw"), isFresh };
};

const buildProbe = async (recipeDir: string, options: BuildOptions): Promise<BuiltImage> => {
  const agentPath = await options.agentPath();
  const key = recipeKey([recipeDir, import.meta.dirname], [await sha256OfFile(agentPath)]);
  const { dir, isFresh } = await cached("probe", key, async (outDir, workDir) => {
    await buildProbeImage({ outDir, workDir, agentPath, onLine: options.onLine });
  });
  return { kind: "kernel", kernel: join(dir, "vmlinuz"), initrd: join(dir, "initrd"), isFresh };
};

/** Builds into a temporary directory and renames: a build that broke off leaves nothing that looks finished. */
const cached = async (
  name: string,
  key: string,
  build: (outDir: string, workDir: string) => Promise<void>,
): Promise<{ readonly dir: string; readonly isFresh: boolean }> => {
  const parent = join(cacheDir(), "images", name);
  const dir = join(parent, key);
  if (existsSync(join(dir, "built.json"))) return { dir, isFresh: false };
  mkdirSync(parent, { recursive: true });
  const startedMs = performance.now();
  await using work = await tempDir("bw-build", parent);
  const outDir = join(parent, `.next-${key}-${process.pid}`);
  removeAtEnd(outDir);
  mkdirSync(outDir);
  try {
    await build(outDir, work.path);
    const seconds = (performance.now() - startedMs) / 1000;
    writeFileSync(join(outDir, "built.json"), `${JSON.stringify({ name, key, seconds })}\n`);
    if (!existsSync(dir)) renameSync(outDir, dir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  readFileSync(join(dir, "built.json"));
  return { dir, isFresh: true };
};
