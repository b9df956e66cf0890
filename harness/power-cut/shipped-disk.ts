// A disk as it was shipped, never booted: no journal waits in it, so that both views are one.
import { type HeaderReader, openHeaders } from "../../images/header-reader.ts";
import { type Partition, readPartitionTable } from "../../images/partition-table.ts";
import type { DiskView, LookedAt } from "./disk-view.ts";
import { openDirectVolume } from "./ext4/direct-volume.ts";
import { fileDigest } from "./file-digest.ts";
import { rangeDigest } from "./range-digest.ts";
import { vfatLook } from "./vfat-look.ts";

export interface ShippedDisk
  extends Pick<
      DiskView,
      "partitions" | "sizeBytes" | "read" | "loaderVolume" | "vfatVolume" | "rangeDigest"
    >,
    Disposable {
  readonly path: string;
}

/**
 * Opens a raw disk.
 * @throws {ImageError} IMAGE_UNUSABLE when it cannot be read, or its partition table is damaged.
 */
export const openShippedDisk = (path: string): ShippedDisk => {
  const disk = openHeaders(path);
  const source = { read: disk.read, versionOf: () => undefined, known: new Map<string, string>() };
  try {
    return {
      path,
      partitions: readPartitionTable(path).partitions,
      sizeBytes: disk.sizeBytes,
      read: disk.read,
      loaderVolume: (partition) => lookAt(disk, partition),
      vfatVolume: (partition) => vfatLook(source, partition),
      rangeDigest: (startByte, sizeBytes) => rangeDigest(source, startByte, sizeBytes),
      [Symbol.dispose]: () => disk[Symbol.dispose](),
    };
  } catch (error) {
    disk[Symbol.dispose]();
    throw error;
  }
};

const lookAt = (disk: HeaderReader, { startByte, sizeBytes }: Partition): LookedAt => {
  const volume = openDirectVolume((offset, length) =>
    offset < 0 || offset >= sizeBytes
      ? Buffer.alloc(0)
      : disk.read(startByte + offset, Math.min(length, sizeBytes - offset)),
  );
  const options = { startByte, versionOf: () => undefined, known: new Map<string, string>() };
  return { volume, digest: (file) => fileDigest(volume, file, options) };
};
