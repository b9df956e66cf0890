import { matchesGlob, type SystemDisk, unsupported } from "../../harness/index.ts";
import type { NodeChanges, PromisedUpgrade } from "./node-changes.ts";

const defaults = "/usr/etc";

/** What a release ships for /etc, by path in /etc. The check ends here where that cannot be read from its disk. */
export const shippedEtc = (disk: SystemDisk, identity: string): ReadonlyMap<string, string> => {
  const tree = disk.releases.get(identity);
  if (tree === undefined)
    return unsupported("What the release ships for /etc cannot be read from its disk");
  return new Map(
    [...tree].flatMap(([path, digest]) =>
      path.startsWith(`${defaults}/`) ? [[path.slice("/usr".length), digest] as const] : [],
    ),
  );
};

/** Whether a path of /etc is one that nobody but the image has touched. */
export const isUntouched = (
  { kept, deleted, madeLater }: NodeChanges,
  { etc }: Pick<PromisedUpgrade, "etc">,
): ((path: string) => boolean) => {
  const touched = new Set([...kept.keys(), deleted, madeLater]);
  return (path) => !touched.has(path) && !etc.changing.some((glob) => matchesGlob(glob, path));
};
