import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { HostError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";

/** What a boot leaves in its boot directory, besides the timeline. Each file is bounded: a guest can flood. */
export interface BootRecorder extends Disposable {
  /** Bytes of the console, as they came; `atMs` since power-on. */
  console(chunk: Uint8Array, atMs: number): void;
  /** One QMP message, greeting and events included. */
  qmp(message: unknown): void;
  file(name: string, text: string): void;
}

const consoleLimitBytes = 64 * MiB;
const qmpLimitBytes = 16 * MiB;

export const createBootRecorder = (directory: string, title: string): BootRecorder => {
  const log = boundedFile(join(directory, "console.log"), consoleLimitBytes);
  const cast = boundedFile(join(directory, "console.cast"), 2 * consoleLimitBytes);
  const qmp = boundedFile(join(directory, "qmp.jsonl"), qmpLimitBytes);
  const decoder = new StringDecoder("utf8");
  // asciicast v2: https://docs.asciinema.org/manual/asciicast/v2/
  const timestamp = Math.floor(Date.now() / 1000);
  cast.write(`${JSON.stringify({ version: 2, width: 120, height: 40, timestamp, title })}\n`);
  return {
    console: (chunk, atMs) => {
      log.write(chunk);
      cast.write(`${JSON.stringify([atMs / 1000, "o", decoder.write(Buffer.from(chunk))])}\n`);
    },
    qmp: (message) => qmp.write(`${JSON.stringify(message)}\n`),
    file: (name, text) => writeFileSync(join(directory, name), text),
    [Symbol.dispose]: () => {
      log.close();
      cast.close();
      qmp.close();
    },
  };
};

interface BoundedFile {
  write(data: Uint8Array | string): void;
  close(): void;
}

const boundedFile = (path: string, limitBytes: number): BoundedFile => {
  const fd = openSync(path, "w", 0o644);
  let bytes = 0;
  let isOpen = true;
  return {
    write: (data) => {
      if (!isOpen || bytes > limitBytes) return;
      const chunk = typeof data === "string" ? Buffer.from(data) : data;
      bytes += chunk.length;
      if (bytes > limitBytes) return;
      try {
        for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
      } catch (cause) {
        throw new HostError("HOST_RESOURCE", `Cannot write ${path}`, {
          hint: "Free some space, or choose another place with --out",
          cause,
        });
      }
    },
    close: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
};
