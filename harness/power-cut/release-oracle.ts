import { allOf, type Oracle } from "./oracle.ts";
import { espVerityOracle } from "./oracles/esp-verity.ts";
import { ostreeBootOracle } from "./oracles/ostree-boot.ts";
import { readOstreeRelease } from "./oracles/ostree-release.ts";
import { readVerityRelease } from "./oracles/verity-release.ts";
import { openShippedDisk } from "./shipped-disk.ts";

/** Raw disks of the releases before and after a step, as they were shipped. */
export interface ShippedPair {
  readonly oldDisk: string;
  readonly nextDisk: string;
}

/**
 * What must be on a disk that goes from one release to the other. How they are laid out says their disks, whatever updates them.
 * @throws {ImageError} IMAGE_UNUSABLE for a layout that no oracle knows.
 */
export const releaseOracle = async ({ oldDisk, nextDisk }: ShippedPair): Promise<Oracle> =>
  isOstree(oldDisk)
    ? ostreeBootOracle({
        old: readOstreeRelease(oldDisk),
        new: readOstreeRelease(nextDisk),
        menus: grubMenus,
      })
    : espVerityOracle({
        old: await readVerityRelease(oldDisk),
        new: await readVerityRelease(nextDisk),
      });

/**
 * What must be on a disk with two sealed slots all the time while the release of `nextDisk` runs: its entry is the one that starts,
 * and that of `oldDisk` would start too if the firmware's variable LoaderEntryDefault named it.
 */
export const settledOracle = async (
  { oldDisk, nextDisk }: ShippedPair,
  oldEntry: string,
): Promise<Oracle> => {
  const [old, next] = [await readVerityRelease(oldDisk), await readVerityRelease(nextDisk)];
  return allOf(
    "settled",
    espVerityOracle({ old: next, new: next }),
    espVerityOracle({ old, new: old, chosenEntry: oldEntry }),
  );
};

/** In the order in which the menu of images/recipes/reference/grub.cfg tries them: OSTree's link, and where it leads to. */
const grubMenus = ["/loader", "/loader.1", "/loader.0"].map((folder) => `${folder}/syslinux.cfg`);

const isOstree = (path: string): boolean => {
  using disk = openShippedDisk(path);
  return ["boot", "root"].every((name) => disk.partitions.some(({ label }) => label === name));
};
