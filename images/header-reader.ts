import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { ImageError } from "../harness/core/errors.ts";
import { KiB, MiB } from "../harness/core/units.ts";

/** Bounded reads from a regular file that nobody vouches for. */
export interface HeaderReader extends Disposable {
  readonly path: string;
  /** With symbolic links resolved. */
  readonly realPath: string;
  readonly sizeBytes: number;
  /** At most 2 MiB; bytes beyond the end of the file are missing from the result. */
  read(offset: number, length: number): Buffer;
  /** The first 68 KiB (fewer in a short file), where every known format has its mark. */
  readonly head: Buffer;
}

/** The largest qcow2 cluster. */
const maxRead = 2 * MiB;

/**
 * Opens an image file for reading its headers.
 * @throws {ImageError} IMAGE_UNUSABLE when it is absent, unreadable or not a regular file.
 */
export const openHeaders = (path: string): HeaderReader => {
  const realPath = regularFile(path);
  let fd: number;
  try {
    // O_NONBLOCK: should the file have become a FIFO since, opening it must not wait for a writer.
    fd = openSync(realPath, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw unusable(`Image file ${path} cannot be opened for reading`, cause);
  }
  const info = fstatSync(fd);
  if (!info.isFile()) {
    closeSync(fd);
    throw unusable(`Image file ${path} changed its kind while it was opened`);
  }
  const read = (offset: number, length: number): Buffer => {
    if (offset < 0 || offset >= info.size || length <= 0) return Buffer.alloc(0);
    const buffer = Buffer.alloc(Math.min(length, maxRead, info.size - offset));
    let done = 0;
    while (done < buffer.length) {
      const count = readSync(fd, buffer, done, buffer.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  };
  return {
    path,
    realPath,
    sizeBytes: info.size,
    read,
    head: read(0, 68 * KiB),
    [Symbol.dispose]: () => closeSync(fd),
  };
};

const regularFile = (path: string): string => {
  let realPath: string;
  try {
    realPath = realpathSync(path);
  } catch (cause) {
    throw unusable(`Image file ${path} is not there or cannot be reached`, cause);
  }
  const info = statSync(realPath);
  if (info.isFile()) return realPath;
  const kind = info.isDirectory()
    ? "a directory"
    : info.isBlockDevice() || info.isCharacterDevice()
      ? "a device"
      : info.isFIFO()
        ? "a FIFO"
        : "a socket";
  const via = realPath === path ? "" : ` (it leads to ${realPath})`;
  throw unusable(`Expected image file ${path} to be a regular file, but it is ${kind}${via}`);
};

const unusable = (message: string, cause?: unknown): ImageError =>
  new ImageError("IMAGE_UNUSABLE", message, {
    hint: "Give the path of a raw or qcow2 image file",
    ...(cause === undefined ? {} : { cause }),
  });
