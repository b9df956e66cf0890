import { closeSync, openSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";
import { printable } from "../harness/core/printable.ts";
import { KiB, MiB } from "../harness/core/units.ts";

// A guest can make QEMU complain without end, so both the file and what is kept in memory are bounded.
const maxFileBytes = 4 * MiB;
const maxTailBytes = 16 * KiB;

/** What QEMU itself prints, kept as a file and as a short tail for error texts. */
export class OutputCapture {
  #tail: Buffer = Buffer.alloc(0);
  #fileBytes = 0;
  #fd: number | undefined;

  constructor(path: string) {
    this.#fd = openSync(path, "a", 0o644);
  }

  follow(stream: Readable): void {
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
  }

  /** The last lines, safe for a terminal. */
  tail(maxLines = 20): string {
    const lines = this.#tail.toString("utf8").trim().split("\n");
    return lines
      .slice(-maxLines)
      .map((line) => printable(line, 500))
      .join("\n");
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #take(chunk: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-maxTailBytes);
    const room = maxFileBytes - this.#fileBytes;
    if (this.#fd === undefined || room <= 0) return;
    this.#fileBytes += writeSync(this.#fd, chunk.subarray(0, room));
  }
}
