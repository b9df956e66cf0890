// Beside builder/ and not in it: what stands there is part of every recipe's key.
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { useCacheEntry } from "../harness/core/cache-use.ts";
import { requireFreeSpace } from "../harness/core/free-space.ts";
import { processName } from "../harness/core/process-name.ts";
import { tempDir } from "../harness/core/tmp.ts";

/** A thing's place in its folder of the cache, once it is built: `NAME/KEY`. Its key changes with all that it is made of. */
export interface CacheSpot {
  readonly store: string;
  readonly name: string;
  readonly key: string;
}

export interface CachedBuild {
  /** As in "image reference". */
  readonly what: string;
  /** What building takes in the cache while it lasts. */
  readonly neededBytes: number;
  readonly build: (outDir: string, workDir: string) => Promise<void>;
}

export interface BuiltEntry {
  readonly dir: string;
  readonly isFresh: boolean;
}

/**
 * Takes a thing from the cache, from which it does not go while this process lives, or builds it there: in a temporary
 * directory that is renamed, so that a build that broke off leaves nothing that looks finished, and of two builds side by
 * side the first to finish counts.
 * @throws {HostError} HOST_RESOURCE before the work begins when the disk has no room for it.
 */
export const cachedBuild = async (
  { store, name, key }: CacheSpot,
  { what, neededBytes, build }: CachedBuild,
): Promise<BuiltEntry> => {
  const dir = join(store, name, key);
  await useCacheEntry(store, join(name, key));
  if (existsSync(join(dir, "built.json"))) return { dir, isFresh: false };
  const parent = join(dir, "..");
  requireFreeSpace(parent, neededBytes, `Building ${what}`);
  mkdirSync(parent, { recursive: true });
  const startedMs = performance.now();
  await using work = await tempDir(`bw-build-${processName()}`, parent);
  const outDir = join(work.path, "built");
  mkdirSync(outDir);
  await build(outDir, work.path);
  const seconds = (performance.now() - startedMs) / 1000;
  writeFileSync(join(outDir, "built.json"), `${JSON.stringify({ name, key, seconds })}\n`);
  moveIntoPlace(outDir, dir);
  return { dir, isFresh: true };
};

const moveIntoPlace = (outDir: string, dir: string): void => {
  try {
    renameSync(outDir, dir);
  } catch (error) {
    // rename(2) replaces no directory that has something in it; another build was first if that is a finished thing.
    if (!existsSync(join(dir, "built.json"))) throw error;
  }
};
