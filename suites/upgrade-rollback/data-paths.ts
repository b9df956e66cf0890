import { matchesGlob } from "../../harness/index.ts";

/**
 * Whether a path of the data disk's file system is one that the node itself changes, by globs of paths in the guest. What is below
 * `lost+found` is the file system's own.
 */
export const isChangingData =
  (mountPoint: string, globs: readonly string[]): ((path: string) => boolean) =>
  (path) =>
    path === "/lost+found" || globs.some((glob) => matchesGlob(glob, `${mountPoint}${path}`));
