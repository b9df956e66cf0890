// What a node's disks hold while it is off. It is read from outside: what the guest says of itself does not count here.
import { openHeaders } from "../../images/header-reader.ts";
import type { Backing } from "../../qemu/machine-spec.ts";
import { deploymentsOn } from "../inspect/find-root.ts";
import { type ListedVolume, readPartitions } from "../inspect/read-partitions.ts";
import { entriesBelow } from "../inspect/tree.ts";
import { type TreeDigests, treeDigests } from "../inspect/tree-digests.ts";
import { openRawDisk } from "../machine/raw-disk.ts";

export interface SystemDisk {
  /** What its file systems hold, as far as they can be listed. */
  readonly usedBytes: number;
  /** The trees of its OSTree deployments by commit, without what is the node's own: /etc and /var. */
  readonly releases: ReadonlyMap<string, TreeDigests>;
}

export interface DataDisk {
  readonly digests: TreeDigests;
  /** It was not unmounted, so that something may be missing. */
  readonly needsRecovery: boolean;
}

/** @throws {ImageError} IMAGE_UNUSABLE when its partition table is damaged, or it is too large to be read. */
export const readSystemDisk = async (disk: Backing): Promise<SystemDisk> =>
  await withVolumes(disk, async (volumes) => {
    const releases = new Map<string, TreeDigests>();
    for (const volume of volumes) {
      for (const { checksum, node } of deploymentsOn(volume.root)) {
        const isOwn = (path: string): boolean => path === "/etc" || path === "/var";
        releases.set(checksum, await treeDigests(volume, node, isOwn));
      }
    }
    const usedBytes = volumes.reduce((sum, volume) => sum + usedOf(volume), 0);
    return { usedBytes, releases };
  });

/**
 * All that is on a disk for data.
 * @param isLeftOut keeps a path of the file system closed.
 */
export const readDataDisk = async (
  disk: Backing,
  isLeftOut: (path: string) => boolean,
): Promise<DataDisk> =>
  await withVolumes(disk, async (volumes) => {
    const digests = new Map<string, string>();
    for (const volume of volumes) {
      for (const [path, digest] of await treeDigests(volume, volume.root, isLeftOut))
        digests.set(path, digest);
    }
    return { digests, needsRecovery: volumes.some((volume) => volume.needsRecovery) };
  });

const withVolumes = async <T>(
  { path, format }: Backing,
  act: (volumes: readonly ListedVolume[]) => Promise<T>,
): Promise<T> => {
  await using raw = await openRawDisk({ kind: "disk", path, format });
  using headers = openHeaders(raw.path);
  const { volumes } = await readPartitions(headers, raw.workDir);
  return await act(volumes);
};

/** FAT keeps no count: the sizes of its files. */
const usedOf = ({ usedBytes, root }: ListedVolume): number =>
  usedBytes?.() ?? entriesBelow(root).reduce((sum, { node }) => sum + node.sizeBytes, 0);
