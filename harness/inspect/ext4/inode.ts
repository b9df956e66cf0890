// Layout: kernel Documentation/filesystems/ext4/inodes.rst. Where an inode lies is asked of debugfs (`imap`).
import { hasCapability } from "./capability.ts";
import { askDebugfs, splitAnswers } from "./debugfs.ts";
import type { Ext4Volume } from "./ext4-volume.ts";

export interface Inode {
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly blockMap: "extents" | "pointers" | "inline";
  /** The 60 bytes that hold a short link's target or the root of the block map. */
  readonly block: Buffer;
  /** It runs with capabilities. */
  readonly isCapable: boolean;
}

const extentsFlag = 0x8_0000;
const inlineFlag = 0x1000_0000;
const ownBytes = 128;

const located =
  /^Inode (\d+) is part of block group \d+\n\tlocated at block (\d+), offset (0x[0-9a-f]+)\n*$/;

/** The inodes of these numbers; undefined for one that cannot be located. */
export const readInodes = async (
  volume: Ext4Volume,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Inode>> => {
  const commands = numbers.map((number) => `imap <${number}>`);
  const answers = await askDebugfs(volume.run, commands, (output, batch) =>
    splitAnswers(output.text, batch)?.map((answer) => located.exec(answer)),
  );
  const inodes = new Map<number, Inode>();
  for (const [index, number] of numbers.entries()) {
    const [, seen, block, offset] = answers[index] ?? [];
    if (Number(seen) !== number) continue;
    const start = Number(block) * volume.blockBytes + Number(offset);
    const bytes = volume.read(start, volume.inodeBytes);
    if (bytes.length >= ownBytes) inodes.set(number, parseInode(bytes, volume));
  }
  return inodes;
};

const parseInode = (bytes: Buffer, volume: Ext4Volume): Inode => {
  const flags = bytes.readUInt32LE(32);
  return {
    uid: bytes.readUInt16LE(2) + bytes.readUInt16LE(120) * 65_536,
    gid: bytes.readUInt16LE(24) + bytes.readUInt16LE(122) * 65_536,
    sizeBytes: bytes.readUInt32LE(4) + bytes.readUInt32LE(108) * 2 ** 32,
    blockMap: flags & inlineFlag ? "inline" : flags & extentsFlag ? "extents" : "pointers",
    block: bytes.subarray(40, 100),
    isCapable: hasCapability(bytes, volume),
  };
};
