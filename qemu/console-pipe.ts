import { constants, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { exec } from "../harness/core/exec.ts";
import { KiB } from "../harness/core/units.ts";

/** Longest and shortest pause between two reads of a stream. Each wakes this process, which costs the guest's core. */
const gatherMs = { first: 2, most: 16 };
const readBytes = 64 * KiB;

/** Makes the two FIFOs that QEMU's `pipe` chardev opens; Node has no call for it. @throws {HostError} */
export const makeConsolePipe = async (pipePath: string): Promise<void> => {
  const paths = [`${pipePath}.in`, `${pipePath}.out`];
  for (const path of paths) rmSync(path, { force: true });
  await exec("mkfifo", ["--mode=600", ...paths]);
};

/**
 * The host's end of a machine's UART; QEMU must have started. What comes in a stream is gathered: after a read that
 * follows another closely nothing is read for 2 ms, and twice as long after each further one, up to 16 ms. The first
 * bytes after a silence are handed on at once, so that their time is exact. It ends when QEMU does.
 * @throws the system's error when the FIFOs do not exist or QEMU has not opened them.
 */
export const openConsolePipe = (pipePath: string): Duplex => new ConsolePipe(pipePath);

class ConsolePipe extends Duplex {
  readonly #reader: Socket;
  readonly #writer: Socket;
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(readBytes);
  #lastReadMs = 0;
  #pauseMs = 0;
  #gathering: NodeJS.Timeout | undefined;
  #isWanted = true;

  constructor(pipePath: string) {
    super({ allowHalfOpen: false });
    this.#writer = new Socket({
      fd: openSync(`${pipePath}.in`, constants.O_WRONLY | constants.O_NONBLOCK),
      readable: false,
    });
    // A write to a QEMU that has ended: its end is told by its exit.
    this.#writer.on("error", () => undefined);
    this.#reader = new Socket({
      fd: openSync(`${pipePath}.out`, constants.O_RDONLY | constants.O_NONBLOCK),
      writable: false,
      onread: { buffer: this.#buffer, callback: (bytes) => this.#onRead(bytes) },
    });
    this.#reader.on("error", () => undefined);
    this.#reader.once("close", () => this.push(null));
  }

  override _read(): void {
    this.#isWanted = true;
    if (this.#gathering === undefined) this.#reader.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#writer.write(chunk, () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#gathering);
    this.#reader.destroy();
    this.#writer.destroy();
    done(error);
  }

  /** False stops the reading until `resume`. */
  #onRead(bytes: number): boolean {
    const ms = performance.now();
    const isStream = ms - this.#lastReadMs < this.#pauseMs + 2 * gatherMs.first;
    this.#lastReadMs = ms;
    this.#pauseMs = isStream
      ? Math.min(Math.max(2 * this.#pauseMs, gatherMs.first), gatherMs.most)
      : 0;
    this.#isWanted = this.push(Buffer.from(this.#buffer.subarray(0, bytes)));
    if (isStream) this.#gather();
    return this.#isWanted && !isStream;
  }

  #gather(): void {
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      if (this.#isWanted) this.#reader.resume();
    }, this.#pauseMs);
  }
}
