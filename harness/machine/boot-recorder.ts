import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { HostError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";

/** What a boot leaves in its boot directory, besides the timeline. Each file is bounded: a guest can flood. */
export interface BootRecorder extends Disposable {
  /** Bytes of the console, as they came; `atMs` since power-on. */
  console(chunk: Uint8Array, atMs: number): void;
  /** One QMP message, greeting and events included; its line says when, since just before QEMU started. */
  qmp(direction: "sent" | "received", message: unknown): void;
  /** @throws {HostError} HOST_RESOURCE */
  file(name: string, text: string): void;
  /** The first time that console or QMP could not be written; never rejects. What comes later is not recorded. */
  readonly broken: Promise<HostError>;
}

const qmpLimitBytes = 16 * MiB;

export const createBootRecorder = (
  directory: string,
  title: string,
  consoleLimitBytes: number = 64 * MiB,
): BootRecorder => {
  const { promise: broken, resolve: onError } = Promise.withResolvers<HostError>();
  const open = (name: string, limitBytes: number): BoundedFile =>
    boundedFile(join(directory, name), limitBytes, onError);
  const log = open("console.log", consoleLimitBytes);
  const cast = open("console.cast", 2 * consoleLimitBytes);
  const qmp = open("qmp.jsonl", qmpLimitBytes);
  const decoder = new StringDecoder("utf8");
  // asciicast v2: https://docs.asciinema.org/manual/asciicast/v2/
  const timestamp = Math.floor(Date.now() / 1000);
  const startMs = performance.now();
  cast.write(`${JSON.stringify({ version: 2, width: 120, height: 40, timestamp, title })}\n`);
  return {
    console: (chunk, atMs) => {
      log.write(chunk);
      cast.write(`${JSON.stringify([atMs / 1000, "o", decoder.write(Buffer.from(chunk))])}\n`);
    },
    qmp: (direction, message) => {
      const atMs = Math.round(performance.now() - startMs);
      qmp.write(`${JSON.stringify({ atMs, direction, message })}\n`);
    },
    file: (name, text) => {
      try {
        writeFileSync(join(directory, name), text);
      } catch (cause) {
        throw writeError(join(directory, name), cause);
      }
    },
    broken,
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

/** A chunk that would pass the limit is left out, and so is everything after it. */
const boundedFile = (
  path: string,
  limitBytes: number,
  onError: (error: HostError) => void,
): BoundedFile => {
  const fd = openSync(path, "w", 0o644);
  let bytes = 0;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  return {
    write: (data) => {
      const chunk = typeof data === "string" ? Buffer.from(data) : data;
      bytes += chunk.length;
      if (!isOpen || bytes > limitBytes) return;
      try {
        for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
      } catch (cause) {
        close();
        onError(writeError(path, cause));
      }
    },
    close,
  };
};

const writeError = (path: string, cause: unknown): HostError =>
  new HostError("HOST_RESOURCE", `Cannot write ${path}`, {
    hint: "Free some space, or choose another place with --out",
    cause,
  });
