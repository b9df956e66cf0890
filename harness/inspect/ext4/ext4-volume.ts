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
  /** A private directory for files of our own naming. */
  readonly workDir: string;
  /** At most 2 MiB; bytes beyond the volume's end are missing from the result. */
  read(offset: number, length: number): Buffer;
}

const needsRecoveryFlag = 0x4;

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
    workDir,
    read,
  };
};
