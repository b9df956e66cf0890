/** Collects chunks up to a limit; what is over is counted and dropped. */
export class BoundedBuffer {
  isTruncated = false;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Buffer): void {
    const room = this.#maxBytes - this.#length;
    if (chunk.length > room) this.isTruncated = true;
    if (room <= 0) return;
    // A small piece of a large socket buffer would keep all of that alive.
    this.#chunks.push(Buffer.from(chunk.subarray(0, room)));
    this.#length += Math.min(room, chunk.length);
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
