import type { Ext4Volume } from "./ext4-volume.ts";
import type { Inode } from "./inode.ts";

/** The content of one file, read when it is asked for. */
export interface FileBytes {
  readonly sizeBytes: number;
  /** At most 2 MiB; bytes beyond the end of the file are missing from the result. */
  read(offset: number, length: number): Buffer;
}

/** Blocks that follow each other in the file and on the volume. */
export interface BlockRun {
  readonly firstBlock: number;
  readonly volumeBlock: number;
  readonly blocks: number;
}

const maxRead = 2 * 1024 * 1024;

/** Where no run lies there is a hole, which reads as zeroes. */
export const bytesOfRuns = (
  volume: Ext4Volume,
  sizeBytes: number,
  runs: readonly BlockRun[],
): FileBytes => ({
  sizeBytes,
  read: (offset, length) => {
    const result = emptyResult(sizeBytes, offset, length);
    const end = offset + result.length;
    for (const { firstBlock, volumeBlock, blocks } of runs) {
      const runStart = firstBlock * volume.blockBytes;
      const start = Math.max(offset, runStart);
      const stop = Math.min(end, runStart + blocks * volume.blockBytes);
      if (start >= stop) continue;
      const onVolume = volumeBlock * volume.blockBytes + (start - runStart);
      volume.read(onVolume, stop - start).copy(result, start - offset);
    }
    return result;
  },
});

export const bytesOfBuffer = (buffer: Buffer): FileBytes => ({
  sizeBytes: buffer.length,
  read: (offset, length) => buffer.subarray(offset, offset + Math.min(length, maxRead)),
});

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

const emptyResult = (sizeBytes: number, offset: number, length: number): Buffer =>
  Buffer.alloc(Math.max(0, Math.min(length, maxRead, sizeBytes - offset)));
