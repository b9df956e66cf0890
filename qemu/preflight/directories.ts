import { accessSync, constants } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { cacheDir } from "../../harness/core/cache-dir.ts";
import { freeBytesAt, nearestExisting } from "../../harness/core/free-space.ts";
import { maxTempParentBytes, tempParent } from "../../harness/core/tmp.ts";
import { formatBytes } from "../../harness/core/units.ts";
import type { PreflightCheck } from "./check.ts";

export const socketPathCheck: PreflightCheck = {
  id: "tmpdir-length",
  title: "TMPDIR short enough for sockets",
  run: async () => {
    const seen = `${tmpdir()} (${Buffer.byteLength(tmpdir())} bytes)`;
    return tempParent() === tmpdir()
      ? { state: "ok", seen }
      : {
          state: "warn",
          seen: `${seen}; sockets go to ${tempParent()}`,
          remedy: `Set TMPDIR to a path of at most ${maxTempParentBytes} bytes`,
        };
  },
};

export const cacheDirectoryCheck: PreflightCheck = {
  id: "cache-directory",
  title: "Cache directory that stays",
  run: async () => {
    const cache = cacheDir();
    if (!isWritable(nearestExisting(cache))) {
      return {
        state: "fail",
        seen: `${cache} cannot be written`,
        remedy: "Set BOOTWRIGHT_CACHE to a directory that can be written",
      };
    }
    const isFallback = cache.startsWith(tmpdir()) && process.env["BOOTWRIGHT_CACHE"] === undefined;
    return isFallback
      ? {
          state: "warn",
          seen: `${cache}, because ${homedir()} cannot be written`,
          remedy: "Set BOOTWRIGHT_CACHE, or images are built again after each clean-up of TMPDIR",
        }
      : { state: "ok", seen: cache };
  },
};

/** Free space under a directory that need not exist yet. */
export const freeSpaceCheck = (
  id: string,
  title: string,
  directory: () => string,
  { enoughBytes, leastBytes }: { readonly enoughBytes: number; readonly leastBytes: number },
): PreflightCheck => ({
  id,
  title,
  run: async () => {
    const at = nearestExisting(directory());
    const freeBytes = freeBytesAt(at);
    const seen = `${formatBytes(freeBytes)} in ${at}`;
    if (freeBytes >= enoughBytes) return { state: "ok", seen };
    return {
      state: freeBytes >= leastBytes ? "warn" : "fail",
      seen,
      remedy: `Make room for ${formatBytes(enoughBytes)}`,
    };
  },
});

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
