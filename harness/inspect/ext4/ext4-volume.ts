import type { HeaderReader } from "../../../images/header-reader.ts";
import { ImageError } from "../../core/errors.ts";
import type { Extent } from "../volume.ts";
import { openDebugfs, type RunDebugfs } from "./debugfs.ts";

/** One ext2, ext3 or ext4 file system inside a raw disk. */
export interface Ext4Volume {
  readonly run: RunDebugfs;
  readonly blockBytes: number;
  /** Of one inode with all that lies in it. */
  readonly inodeBytes: number;
  readonly sizeBytes: number;
  /** Its journal has changes that reading leaves out. */
  readonly needsRecovery: boolean;
  /** When it was made, in seconds since 1970. */
  readonly madeAtSeconds: number;
  /** By its own count. */
  readonly usedBytes: () => number;
  /** A private directory for files of our own naming. */
  readonly workDir: string;
  /** At most 2 MiB; bytes beyond the volume's end are missing from the result. */
  read(offset: number, length: number): Buffer;
}

const needsRecoveryFlag = 0x4;
/** Of 128 MiB each, with blocks of 4 KiB: 16 TiB. */
const maxGroups = 131_072;

/** @throws {ImageError} IMAGE_UNUSABLE when the superblock states what no ext4 has. */
export const openExt4Volume = (
  disk: HeaderReader,
  { startByte, sizeBytes }: Extent,
  workDir: string,
): Ext4Volume => {
  const read = (offset: number, length: number): Buffer =>
    offset < 0 || offset >= sizeBytes
      ? Buffer.alloc(0)
      : disk.read(startByte + offset, Math.min(length, sizeBytes - offset));
  const superblock = read(1024, 1024);
  const blockShift = superblock.length < 1024 ? Number.NaN : superblock.readUInt32LE(24);
  if (!(blockShift <= 6)) {
    throw new ImageError(
      "IMAGE_UNUSABLE",
      `Expected a block size of 1 KiB to 64 KiB in the ext4 superblock at offset ${startByte + 1024} of ${disk.path}, but found 1024 << ${blockShift}`,
      { hint: "Copy or build the image again; e2fsck -n tells more" },
    );
  }
  return {
    run: openDebugfs(disk.realPath, startByte, workDir),
    blockBytes: 1024 * 2 ** blockShift,
    inodeBytes: Math.min(Math.max(superblock.readUInt16LE(88), 128), 65_536),
    sizeBytes,
    needsRecovery: (superblock.readUInt32LE(96) & needsRecoveryFlag) !== 0,
    madeAtSeconds: superblock.readUInt32LE(264),
    usedBytes: () => usedBytesOf(superblock, read),
    workDir,
    read,
  };
};

/**
 * What is taken, by the counts of the block groups: that of the superblock is only brought up to date when the volume is unmounted.
 * Kernel Documentation/filesystems/ext4/group_descr.rst. Without META_BG the descriptors follow the superblock's block.
 */
const usedBytesOf = (superblock: Buffer, read: Ext4Volume["read"]): number => {
  const blockBytes = 1024 * 2 ** superblock.readUInt32LE(24);
  const is64Bit = (superblock.readUInt32LE(96) & 0x80) !== 0;
  const descriptorBytes = is64Bit ? superblock.readUInt16LE(254) : 32;
  const blocks =
    superblock.readUInt32LE(4) + (is64Bit ? superblock.readUInt32LE(336) * 2 ** 32 : 0);
  const firstBlock = superblock.readUInt32LE(20);
  const groups = Math.min(
    Math.ceil((blocks - firstBlock) / superblock.readUInt32LE(32)),
    maxGroups,
  );
  let free = 0;
  for (let group = 0; group < groups; group += 1) {
    const descriptor = read(
      (firstBlock + 1) * blockBytes + group * descriptorBytes,
      descriptorBytes,
    );
    if (descriptor.length < 32) break;
    free += descriptor.readUInt16LE(12);
    if (descriptor.length >= 64) free += descriptor.readUInt16LE(44) * 65_536;
  }
  return Math.max(0, blocks - free) * blockBytes;
};
