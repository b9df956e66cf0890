import type { Socket } from "node:net";
import { Duplex, Transform, type TransformCallback } from "node:stream";

/** What happens to the bytes from the guest. */
export interface Noise {
  readonly seed: number;
  /** One in so many bytes is followed by a line of the kernel; 0 for none. */
  readonly kernelLineEvery: number;
  /** One in so many bytes is changed; 0 for none. */
  readonly damageEvery: number;
}

/** A UART that the kernel writes to as well: the bytes from the guest with lines of the kernel between any two. */
export class NoisyLine {
  readonly kernelLines: string[] = [];
  readonly stream: Duplex;
  readonly #noise: Noise;
  #state: number;

  constructor(socket: Socket, noise: Noise) {
    this.#noise = noise;
    this.#state = noise.seed;
    const fromGuest = new Transform({
      transform: (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) =>
        done(null, this.#disturb(chunk)),
    });
    this.stream = Duplex.from({ readable: socket.pipe(fromGuest), writable: socket });
    socket.on("error", () => fromGuest.destroy());
  }

  #disturb(chunk: Buffer): Buffer {
    const out: Buffer[] = [];
    for (const byte of chunk) {
      const isDamaged = this.#happens(this.#noise.damageEvery);
      out.push(Buffer.from([isDamaged ? byte ^ 0x04 : byte]));
      if (this.#happens(this.#noise.kernelLineEvery)) out.push(Buffer.from(this.#kernelLine()));
    }
    return Buffer.concat(out);
  }

  #kernelLine(): string {
    const line = `[${(this.kernelLines.length / 1e6).toFixed(6).padStart(12)}] line ${this.kernelLines.length}\r\n`;
    this.kernelLines.push(line);
    return line;
  }

  #happens(oneIn: number): boolean {
    return oneIn > 0 && this.#random() % oneIn === 0;
  }

  /** xorshift32: the same seed gives the same noise. */
  #random(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
}
