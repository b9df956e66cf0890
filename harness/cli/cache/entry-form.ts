import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { livingProcess, processNameForm } from "../../core/process-name.ts";
import type { CacheEntryState } from "./cache-entry.ts";

// The very forms in which things are made. Whatever else lies there is somebody else's.
const builtForm = new RegExp(
  [
    "^images/[^/]+/[0-9a-f]{16}$",
    "^payload/[^/]+/[0-9a-f]{16}$",
    "^agent/[0-9a-f]{64}$",
    "^agent-disk/[0-9a-f]{16}\\.ext4$",
    "^compiled/v\\d+\\.\\d+\\.\\d+-[a-z0-9]+-[0-9a-f]+-\\d+$",
  ].join("|"),
);
const leftoverForm = new RegExp(
  `^(?:images|images/[^/]+|payload|payload/[^/]+|agent|agent-disk|compiled|run)/(?:bw|bw-build|\\.trash)-(${processNameForm})-[^/]+$`,
);

/** @param current paths below the cache that today's recipes would use, or of folders in which they would use all. */
export const stateOf = (
  cache: string,
  path: string,
  current: ReadonlySet<string>,
): CacheEntryState => {
  if (lstatSync(join(cache, path), { throwIfNoEntry: false })?.isSymbolicLink()) return "kept";
  if (isLeftover(path)) return "leftover";
  if (!builtForm.test(path)) return "kept";
  return current.has(path) || current.has(dirname(path)) ? "current" : "stale";
};

export const isLeftover = (path: string): boolean => leftoverForm.test(path);

/** Who is at work on a leftover, in words. */
export const makerOf = (path: string): string | undefined => {
  const name = leftoverForm.exec(path)?.[1];
  return name === undefined ? undefined : livingProcess(name);
};
