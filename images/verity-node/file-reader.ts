import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ImageError } from "../../harness/core/errors.ts";

/** A file that is read in pieces. */
export interface FileReader extends Disposable {
  readonly sizeBytes: number;
  /** @throws {ImageError} IMAGE_BUILD when the file ends before. */
  read(offset: number, length: number): Buffer;
}

export const openReader = (path: string): FileReader => {
  const file = openSync(path, "r");
  return {
    sizeBytes: fstatSync(file).size,
    read: (offset, length) => {
      const bytes = Buffer.alloc(length);
      for (let done = 0; done < length; ) {
        const count = readSync(file, bytes, done, length - done, offset + done);
        if (count === 0)
          throw new ImageError("IMAGE_BUILD", `${path} ends at byte ${offset + done}`);
        done += count;
      }
      return bytes;
    },
    [Symbol.dispose]: () => {
      closeSync(file);
    },
  };
};
