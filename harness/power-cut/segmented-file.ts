// A disk in several files, one for each partition and one for each gap. A partition has its own, because e2fsck opens a
// file system at an offset of a file, but loses the offset when it opens it again after replaying the journal: "Bad magic
// number in super-block while trying to re-open" (e2fsprogs 1.47.2, measured 2026-11-30).
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Range } from "./write-log.ts";

/** A part of the disk, and the file that is all of it. */
export interface Segment extends Range {
  readonly path: string;
}

export interface SegmentedFile extends Disposable {
  readonly sizeBytes: number;
  /** Zeroes stand where no segment has bytes. */
  read(offset: number, length: number): Buffer;
  write(bytes: Buffer, offset: number): void;
}

/** @param segments in the order of their places, none over another. */
export const openSegments = (segments: readonly Segment[]): SegmentedFile => {
  const files = segments.map((segment) => ({ ...segment, file: openSync(segment.path, "r+") }));
  const sizeBytes = Math.max(0, ...segments.map((one) => one.startByte + one.sizeBytes));
  return {
    sizeBytes,
    read: (offset, length) => {
      const result = Buffer.alloc(Math.max(0, Math.min(length, sizeBytes - offset)));
      for (const { file, startByte, from, to } of partsOf(files, offset, result.length)) {
        readInto(file, result.subarray(from - offset, to - offset), from - startByte);
      }
      return result;
    },
    write: (bytes, offset) => {
      for (const { file, startByte, from, to } of partsOf(files, offset, bytes.length)) {
        writeAll(file, bytes.subarray(from - offset, to - offset), from - startByte);
      }
    },
    [Symbol.dispose]: () => {
      for (const { file } of files) closeSync(file);
    },
  };
};

/** What of a range lies in which file. */
const partsOf = <File extends Range>(
  files: readonly File[],
  offset: number,
  length: number,
): readonly (File & { readonly from: number; readonly to: number })[] =>
  files.flatMap((one) => {
    const from = Math.max(offset, one.startByte);
    const to = Math.min(offset + length, one.startByte + one.sizeBytes);
    return from < to ? [{ ...one, from, to }] : [];
  });

/** What the file does not have stays as it is. */
const readInto = (file: number, into: Buffer, position: number): void => {
  for (let done = 0; done < into.length; ) {
    const count = readSync(file, into, done, into.length - done, position + done);
    if (count === 0) return;
    done += count;
  }
};

const writeAll = (file: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
};
