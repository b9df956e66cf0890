// What a node's disks hold while it is off. It is read from outside: what the guest says of itself does not count here.
import { createHash } from "node:crypto";
import { type HeaderReader, openHeaders } from "../../images/header-reader.ts";
import type { Backing } from "../../qemu/machine-spec.ts";
import { MiB } from "../core/units.ts";
import { deploymentsOn } from "../inspect/find-root.ts";
import type { PartitionFact } from "../inspect/image-facts.ts";
import {
  type ListedVolume,
  type ReadPartitions,
  readPartitions,
} from "../inspect/read-partitions.ts";
import { entriesBelow } from "../inspect/tree.ts";
import { type TreeDigests, treeDigests } from "../inspect/tree-digests.ts";
import { openRawDisk } from "../machine/raw-disk.ts";

export interface SystemDisk {
  /** What its file systems hold, as far as they can be listed. */
  readonly usedBytes: number;
  /** The trees of its OSTree deployments by commit, without what is the node's own: /etc and /var. */
  readonly releases: ReadonlyMap<string, TreeDigests>;
  /** A digest of each EROFS file system, by the GPT name of its partition. */
  readonly slots: ReadonlyMap<string, string>;
}

export interface DataDisk {
  readonly digests: TreeDigests;
  /** It was not unmounted, so that something may be missing. */
  readonly needsRecovery: boolean;
}

/** @throws {ImageError} IMAGE_UNUSABLE when its partition table is damaged, or it is too large to be read. */
export const readSystemDisk = async (disk: Backing): Promise<SystemDisk> =>
  await withPartitions(disk, async ({ volumes, fact: { partitions } }, headers) => {
    const releases = new Map<string, TreeDigests>();
    for (const volume of volumes) {
      for (const { checksum, node } of deploymentsOn(volume.root)) {
        const isOwn = (path: string): boolean => path === "/etc" || path === "/var";
        releases.set(checksum, await treeDigests(volume, node, isOwn));
      }
    }
    const usedBytes = volumes.reduce((sum, volume) => sum + usedOf(volume), 0);
    const slots = partitions
      .filter(({ fileSystem }) => fileSystem.kind === "erofs")
      .map((partition) => [partition.label, slotDigest(headers, partition)] as const);
    return { usedBytes, releases, slots: new Map(slots) };
  });

/**
 * All that is on a disk for data.
 * @param isLeftOut keeps a path of the file system closed.
 */
export const readDataDisk = async (
  disk: Backing,
  isLeftOut: (path: string) => boolean,
): Promise<DataDisk> =>
  await withPartitions(disk, async ({ volumes }) => {
    const digests = new Map<string, string>();
    for (const volume of volumes) {
      for (const [path, digest] of await treeDigests(volume, volume.root, isLeftOut))
        digests.set(path, digest);
    }
    return { digests, needsRecovery: volumes.some((volume) => volume.needsRecovery) };
  });

const withPartitions = async <T>(
  { path, format }: Backing,
  act: (partitions: ReadPartitions, headers: HeaderReader) => Promise<T>,
): Promise<T> => {
  await using raw = await openRawDisk({ kind: "disk", path, format });
  using headers = openHeaders(raw.path);
  return await act(await readPartitions(headers, raw.workDir), headers);
};

/** FAT keeps no count: the sizes of its files. */
const usedOf = ({ usedBytes, root }: ListedVolume): number =>
  usedBytes?.() ?? entriesBelow(root).reduce((sum, { node }) => sum + node.sizeBytes, 0);

/**
 * Of the file system alone: behind it a slot still holds the end of a larger one that was there before. EROFS' superblock has its
 * blocks and their size (Linux fs/erofs/erofs_fs.h).
 */
const slotDigest = (
  disk: HeaderReader,
  { startByte, sizeBytes }: Pick<PartitionFact, "startByte" | "sizeBytes">,
): string => {
  const superblock = disk.read(startByte + 1024, 128);
  const stated = superblock.readUInt32LE(36) * 2 ** Math.min(superblock.readUInt8(12), 16);
  const end = Math.min(stated, sizeBytes);
  const hash = createHash("sha256");
  for (let at = 0; at < end; at += 2 * MiB)
    hash.update(disk.read(startByte + at, Math.min(2 * MiB, end - at)));
  return `${end} ${hash.digest("hex")}`;
};
