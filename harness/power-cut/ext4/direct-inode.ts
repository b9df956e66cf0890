// Layout: kernel Documentation/filesystems/ext4/inodes.rst.
import type { TreeNode } from "../../inspect/tree.ts";

export interface DirectInode {
  readonly kind: TreeNode["kind"] | undefined;
  /** The 12 permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly hasExtents: boolean;
  /** The 60 bytes that hold a short link's target or the root of the extents. */
  readonly block: Buffer;
}

const extentsFlag = 0x8_0000;

/** By the type bits of st_mode: inode(7). */
const kinds: ReadonlyMap<number, TreeNode["kind"]> = new Map([
  [0o01, "fifo"],
  [0o02, "character-device"],
  [0o04, "directory"],
  [0o06, "block-device"],
  [0o10, "file"],
  [0o12, "link"],
  [0o14, "socket"],
]);

/** undefined: there are not as many bytes. */
export const parseInode = (bytes: Buffer): DirectInode | undefined => {
  if (bytes.length < 128) return undefined;
  const mode = bytes.readUInt16LE(0);
  return {
    kind: kinds.get(mode >> 12),
    mode: mode & 0o7777,
    uid: bytes.readUInt16LE(2) + bytes.readUInt16LE(120) * 65_536,
    gid: bytes.readUInt16LE(24) + bytes.readUInt16LE(122) * 65_536,
    sizeBytes: bytes.readUInt32LE(4) + bytes.readUInt32LE(108) * 2 ** 32,
    hasExtents: (bytes.readUInt32LE(32) & extentsFlag) !== 0,
    block: bytes.subarray(40, 100),
  };
};
