import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../../harness/core/errors.ts";
import { sha256OfText } from "../../harness/core/sha256.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { MiB } from "../../harness/core/units.ts";
import { partitionOf } from "../builder/disk-layout.ts";
import { openExt4 } from "../builder/ext4-edit.ts";
import { type ImageEntry, imageStore } from "../builder/image-entry.ts";
import type { NodeRecipe } from "../builder/node-recipe.ts";
import { type CacheSpot, cachedBuild } from "../cached-build.ts";
import { execAsRoot } from "./as-root.ts";
import { ostreeIn } from "./ostree.ts";

/** The OSTree repository of a built image, taken out of its disk. */
export interface BaseRepository {
  readonly repo: string;
  /** The commit that the image's one deployment is of. */
  readonly commit: string;
}

/** The branch that reference's recipe commits to. */
export const imageRef = "node/stable";
/** The name under which reference's recipe deploys. */
export const osName = "node";

/** Where the repository is in the cache, once it is taken out. */
export const repositorySpot = ({ name, key }: ImageEntry): CacheSpot => ({
  store: imageStore(),
  name: `repository+${name}`,
  key: sha256OfText(`${key} ${readFileSync(import.meta.filename, "utf8")}`).slice(0, 16),
});

const repositoryBytes = 700 * MiB;

/** Takes the repository out of a disk, or from the cache. Both are bare, so its files have the owners that they have in a node. */
export const baseRepository = async (
  disk: string,
  { name, key }: ImageEntry,
  { layout }: NodeRecipe,
): Promise<BaseRepository> => {
  const { startByte } = partitionOf(layout, "root");
  const { dir } = await cachedBuild(repositorySpot({ name, key }), {
    what: `the repository of image ${name}`,
    neededBytes: repositoryBytes,
    build: async (outDir) => {
      await execAsRoot(toolPath("debugfs"), [
        ...["-R", `rdump /ostree/repo ${outDir}`],
        `${disk}?offset=${startByte}`,
      ]);
      // debugfs tells of nothing that goes wrong by its exit code.
      await ostreeIn(join(outDir, "repo"), "fsck", "--quiet");
    },
  });
  const repo = join(dir, "repo");
  return { repo, commit: (await ostreeIn(repo, "rev-parse", imageRef)).trim() };
};

/**
 * What the kernel of a built image is started with, less what OSTree adds.
 * @throws {ImageError} IMAGE_BUILD when its boot entry does not say so.
 */
export const kernelArgumentsOf = async (
  disk: string,
  { layout }: NodeRecipe,
  workDir: string,
): Promise<readonly string[]> => {
  const boot = openExt4(disk, partitionOf(layout, "boot").startByte, workDir);
  const entry = await boot.read("/loader.1/entries/ostree-1.conf");
  const options = /^options (.*)$/m.exec(entry)?.[1];
  if (options === undefined)
    throw new ImageError("IMAGE_BUILD", 'The boot entry of the image should have a line "options"');
  return options
    .split(" ")
    .filter((argument) => argument !== "" && !argument.startsWith("ostree="));
};
