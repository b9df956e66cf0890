import type { SystemDisk } from "../../harness/index.ts";
import type { CycleSeen } from "./cycle-seen.ts";

/** The root of a release on a node's disk, beside what was shipped. */
export interface ComparedRoot {
  readonly of: "v1" | "v2";
  readonly wanted: ReadonlyMap<string, string>;
  readonly found: ReadonlyMap<string, string>;
}

/**
 * The roots of both releases, of the one that does not run where it is on the disk: an OSTree deployment file by file, an EROFS file
 * system in a partition of the release's name as a whole.
 * @returns no files where what the release ships cannot be read.
 */
export const shippedRoots = (
  shipped: CycleSeen["shipped"],
  releases: CycleSeen["releases"],
  disk: SystemDisk,
  running: "v1" | "v2",
): { readonly files: readonly ComparedRoot[]; readonly isThere: boolean } => {
  const files = (["v1", "v2"] as const).flatMap((of): readonly ComparedRoot[] => {
    const wanted = rootOf(shipped[of], releases[of].identity, shipped[of]);
    const found = rootOf(disk, releases[of].identity, shipped[of]);
    return wanted.size === 0 || (found.size === 0 && of !== running) ? [] : [{ of, wanted, found }];
  });
  const isThere = files.some(({ of, found }) => of === running && found.size > 0);
  return { files, isThere };
};

/** Of the slots only those whose names the release's own disk has: the other one is free, or another release's. */
const rootOf = (
  disk: SystemDisk,
  identity: string,
  { slots }: Pick<SystemDisk, "slots">,
): ReadonlyMap<string, string> =>
  disk.releases.get(identity) ?? new Map([...disk.slots].filter(([label]) => slots.has(label)));
