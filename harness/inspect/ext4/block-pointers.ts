import { emptyResult, type FileBytes } from "../file-bytes.ts";
import type { Ext4Volume } from "./ext4-volume.ts";
import type { Inode } from "./inode.ts";

/** ext2's and ext3's map: 12 blocks by number, then by one, two and three blocks of numbers. */
export const bytesOfPointers = (volume: Ext4Volume, inode: Inode): FileBytes => {
  const perBlock = volume.blockBytes / 4;
  const blockOf = (fileBlock: number): number => {
    if (fileBlock < 12) return inode.block.readUInt32LE(fileBlock * 4);
    let rest = fileBlock - 12;
    for (let depth = 1; depth <= 3; depth += 1) {
      const reach = perBlock ** depth;
      if (rest < reach)
        return followPointers(volume, inode.block.readUInt32LE(44 + depth * 4), rest, depth);
      rest -= reach;
    }
    return 0;
  };
  return {
    sizeBytes: inode.sizeBytes,
    read: (offset, length) => {
      const result = emptyResult(inode.sizeBytes, offset, length);
      for (let done = 0; done < result.length; ) {
        const within = (offset + done) % volume.blockBytes;
        const count = Math.min(volume.blockBytes - within, result.length - done);
        const block = blockOf(Math.floor((offset + done) / volume.blockBytes));
        if (block !== 0) volume.read(block * volume.blockBytes + within, count).copy(result, done);
        done += count;
      }
      return result;
    },
  };
};

const followPointers = (
  volume: Ext4Volume,
  top: number,
  fileBlock: number,
  depth: number,
): number => {
  const perBlock = volume.blockBytes / 4;
  let block = top;
  for (let level = depth - 1; level >= 0 && block !== 0; level -= 1) {
    const index = Math.floor(fileBlock / perBlock ** level) % perBlock;
    const bytes = volume.read(block * volume.blockBytes + index * 4, 4);
    block = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
  }
  return block;
};
