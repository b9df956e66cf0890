/** A line without its end. One that is too long has no bytes: they are not kept. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
}

/** Splits a stream into lines and holds no more of it than one line of `maxBytes`. */
export class LineSplitter {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isTooLong = false;
  #number = 1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that these bytes end. */
  push(bytes: Uint8Array): readonly Line[] {
    const lines: Line[] = [];
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#hold(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  /** The line that the stream ended in without a newline, if it did. */
  end(): readonly Line[] {
    return this.#heldBytes > 0 || this.#isTooLong ? [this.#take()] : [];
  }

  #hold(part: Buffer): void {
    if (this.#isTooLong || part.length === 0) return;
    if (this.#heldBytes + part.length <= this.#maxBytes) {
      this.#held.push(Buffer.from(part)); // A copy: whoever reads a file may use the chunk again.
      this.#heldBytes += part.length;
      return;
    }
    this.#isTooLong = true;
    this.#held = [];
    this.#heldBytes = 0;
  }

  #take(): Line {
    const line = {
      number: this.#number,
      bytes: Buffer.concat(this.#held),
      isTooLong: this.#isTooLong,
    };
    this.#held = [];
    this.#heldBytes = 0;
    this.#isTooLong = false;
    this.#number += 1;
    return line;
  }
}
