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

/** Blocks of one size that can be read by their offset. */
export interface BlockSource {
  readonly blockBytes: number;
  /** At most 2 MiB; bytes beyond the end are missing from the result. */
  read(offset: number, length: number): Buffer;
}

/** Where no run lies there is a hole, which reads as zeroes. */
export const bytesOfRuns = (
  volume: BlockSource,
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

/** Zeroes for what a read gives, at most 2 MiB. */
export const emptyResult = (sizeBytes: number, offset: number, length: number): Buffer =>
  Buffer.alloc(Math.max(0, Math.min(length, maxRead, sizeBytes - offset)));

/** All of it, as far as it can be read. */
export const wholeBytes = (bytes: FileBytes): Buffer => Buffer.concat([...wholePieces(bytes)]);

/** The same, piece by piece. */
export function* wholePieces(bytes: FileBytes): Generator<Buffer> {
  for (let done = 0; done < bytes.sizeBytes; ) {
    const piece = bytes.read(done, bytes.sizeBytes - done);
    if (piece.length === 0) return;
    yield piece;
    done += piece.length;
  }
}
