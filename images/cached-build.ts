// Beside builder/ and not in it: what stands there is part of every recipe's key.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { useCacheEntry } from "../harness/core/cache-use.ts";
import { requireFreeSpace } from "../harness/core/free-space.ts";
import { processName } from "../harness/core/process-name.ts";
import { tempDir } from "../harness/core/tmp.ts";
import { type ImageEntry, imageStore, pathOfEntry } from "./builder/image-entry.ts";

export interface CachedBuild {
  /** What building takes in the cache while it lasts. */
  readonly neededBytes: number;
  readonly build: (outDir: string, workDir: string) => Promise<void>;
}

export interface CachedImage {
  readonly dir: string;
  readonly isFresh: boolean;
}

/**
 * Takes an image from the cache, from which it does not go while this process lives, or builds it there: in a temporary
 * directory that is renamed, so that a build that broke off leaves nothing that looks finished.
 * @throws {HostError} HOST_RESOURCE before the work begins when the disk has no room for it.
 */
export const cachedBuild = async (
  entry: ImageEntry,
  { neededBytes, build }: CachedBuild,
): Promise<CachedImage> => {
  const { name, key } = entry;
  const dir = pathOfEntry(entry);
  await useCacheEntry(imageStore(), join(name, key));
  if (existsSync(join(dir, "built.json"))) return { dir, isFresh: false };
  const parent = join(dir, "..");
  requireFreeSpace(parent, neededBytes, `Building image ${name}`);
  mkdirSync(parent, { recursive: true });
  const startedMs = performance.now();
  await using work = await tempDir(`bw-build-${processName()}`, parent);
  const outDir = join(work.path, "built");
  mkdirSync(outDir);
  await build(outDir, work.path);
  const seconds = (performance.now() - startedMs) / 1000;
  writeFileSync(join(outDir, "built.json"), `${JSON.stringify({ name, key, seconds })}\n`);
  if (!existsSync(dir)) renameSync(outDir, dir);
  readFileSync(join(dir, "built.json"));
  return { dir, isFresh: true };
};
