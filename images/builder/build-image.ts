import { dirname, join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { GiB, MiB } from "../../harness/core/units.ts";
import { type CacheSpot, cachedBuild } from "../cached-build.ts";
import type { Mutant } from "../mutant.ts";
import { buildVerityImage, changeVerityImage } from "../verity-node/verity-image.ts";
import { applyChanges, type ContentOf } from "./apply-changes.ts";
import { buildDebianRoot } from "./debian-root.ts";
import { buildDiskImage } from "./disk-image.ts";
import {
  type ImageEntry,
  imageEntry,
  imageStore,
  mutantEntry,
  probeRecipe,
  recipeDirOf,
} from "./image-entry.ts";
import { finishNode, nodeRecipe, openNode } from "./node-recipe.ts";
import { hasPayload, stagePayload } from "./payload-parts.ts";
import { buildProbeImage } from "./probe-image.ts";
import { programContent } from "./program-content.ts";

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

// The cache grew by 1641, 300 and 294 MiB at most while reference, reference+root-rw and probe were built (2026-11-22).
const diskBuildBytes = 2 * GiB;
const mutantBuildBytes = 512 * MiB;
const probeBuildBytes = 512 * MiB;

/**
 * Builds one of our own images from Debian packages, or takes it from the cache when its recipe is unchanged.
 * Two builds side by side do the work twice and the first to finish wins: no lock can be left behind.
 * @throws {ImageError} IMAGE_UNKNOWN for a recipe that does not exist; IMAGE_BUILD when a step failed.
 */
export const buildImage = async (recipe: string, options: BuildOptions): Promise<BuiltImage> => {
  const recipeDir = recipeDirOf(recipe);
  if (recipe === probeRecipe) return buildProbe(options);
  const { dir, isFresh } = await cachedBuild(spotOf(await imageEntry(recipe, options.agentPath)), {
    what: `image ${recipe}`,
    neededBytes: diskBuildBytes,
    build: async (outDir, workDir) => {
      const node = nodeRecipe(recipeDir);
      const diskPath = join(outDir, "disk.raw");
      const payload = await stagedPayload(recipeDir, workDir, options.onLine);
      const archives = await buildDebianRoot(node, { workDir, ...payload, onLine: options.onLine });
      const { onLine } = options;
      if (node.kind === "verity") {
        await buildVerityImage(archives, { recipeDir, outDir, workDir });
        return;
      }
      await buildDiskImage({ archives, layout: node.layout, diskPath, workDir, onLine });
      await finishNode(diskPath, node, workDir);
    },
  });
  return { kind: "disk", disk: join(dir, "disk.raw"), isFresh };
};

const stagedPayload = async (
  recipeDir: string,
  workDir: string,
  onLine: BuildOptions["onLine"],
): Promise<{ readonly payloadTree?: string }> => {
  if (!hasPayload(recipeDir)) return {};
  const payloadTree = join(workDir, "payload");
  await stagePayload(recipeDir, payloadTree, workDir, onLine);
  return { payloadTree };
};

/** Builds `mutant` from its base image: a sparse copy whose files are edited in place. */
export const buildMutant = async (mutant: Mutant, options: BuildOptions): Promise<BuiltImage> => {
  const built = await buildImage(mutant.of, options);
  const base = await imageEntry(mutant.of, options.agentPath);
  const entry = await mutantEntry(mutant, base);
  if (built.kind === "kernel" || entry === undefined) return built;
  const { dir, isFresh } = await cachedBuild(spotOf(entry), {
    what: `image ${entry.name}`,
    neededBytes: mutantBuildBytes,
    build: async (outDir, workDir) => {
      const disk = join(outDir, "disk.raw");
      const recipe = nodeRecipe(recipeDirOf(mutant.of));
      const contentOf: ContentOf = (source) => programContent(source, options.onLine);
      if (recipe.kind === "verity") {
        const { recipe: changes } = mutant;
        await changeVerityImage(dirname(built.disk), { changes, contentOf, outDir, workDir });
        return;
      }
      await exec("cp", ["--sparse=always", "--reflink=auto", built.disk, disk]);
      const node = await openNode(disk, recipe, workDir);
      await applyChanges(node, mutant.recipe, contentOf);
    },
  });
  return { kind: "disk", disk: join(dir, "disk.raw"), isFresh };
};

const buildProbe = async (options: BuildOptions): Promise<BuiltImage> => {
  const entry = await imageEntry(probeRecipe, options.agentPath);
  const { dir, isFresh } = await cachedBuild(spotOf(entry), {
    what: `image ${entry.name}`,
    neededBytes: probeBuildBytes,
    build: async (outDir, workDir) => {
      const agentPath = await options.agentPath();
      await buildProbeImage({ outDir, workDir, agentPath, onLine: options.onLine });
    },
  });
  return { kind: "kernel", kernel: join(dir, "vmlinuz"), initrd: join(dir, "initrd"), isFresh };
};

const spotOf = (entry: ImageEntry): CacheSpot => ({ store: imageStore(), ...entry });
