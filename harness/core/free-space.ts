import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { HostError } from "./errors.ts";
import { formatBytes } from "./units.ts";

/** What an ordinary user can still write below a directory that need not exist yet. */
export const freeBytesAt = (directory: string): number => {
  const { bavail, bsize } = statfsSync(nearestExisting(directory));
  return bavail * bsize;
};

export const nearestExisting = (path: string): string =>
  existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));

const cacheHint =
  "Make room, for example with `bootwright cache prune`, or set BOOTWRIGHT_CACHE to a directory on a larger disk";

/**
 * Refuses work that would fill the disk half way.
 * @param what is begun, as in "Building image reference".
 * @throws {HostError} HOST_RESOURCE with what is needed and what is there.
 */
export const requireFreeSpace = (
  directory: string,
  neededBytes: number,
  what: string,
  hint: string = cacheHint,
): void => {
  const freeBytes = freeBytesAt(directory);
  if (freeBytes >= neededBytes) return;
  throw new HostError(
    "HOST_RESOURCE",
    `${what} needs ${formatBytes(neededBytes)} in ${directory}, where ${formatBytes(freeBytes)} are free`,
    {
      hint,
      details: { directory, neededBytes, freeBytes },
    },
  );
};
