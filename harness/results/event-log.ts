import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { MiB } from "../core/units.ts";
import { recordingError } from "./recording-error.ts";
import type { RunEvent } from "./run-event.ts";

/** Above this, what is only told for the sake of progress is left out; verdicts are always written. */
const softLimitBytes = 64 * MiB;

export interface EventLog extends Disposable {
  /** @throws {HostError} HOST_RESOURCE; the log may then end in half a line, which the reader leaves out. */
  append(event: RunEvent): void;
}

/** events.jsonl: one write(2) a line, so that a killed process leaves whole lines; verdicts are synced to the disk. */
export const openEventLog = (path: string): EventLog => {
  let fd: number | undefined;
  let writtenBytes = 0;
  let endsInHalfLine = false;
  const write = (event: RunEvent): void => {
    fd ??= openSync(path, "a", 0o644);
    const line = Buffer.from(`${endsInHalfLine ? "\n" : ""}${JSON.stringify(event)}\n`);
    endsInHalfLine = true;
    const written = writeSync(fd, line);
    writtenBytes += written;
    // A nearly full disk takes a part and reports no error; the rest then fails with ENOSPC.
    for (let at = written; at < line.length; ) at += writeSync(fd, line, at);
    endsInHalfLine = false;
    if (isVerdict(event)) fsyncSync(fd);
  };
  return {
    append: (event) => {
      if (!isVerdict(event) && writtenBytes > softLimitBytes) return;
      try {
        write(event);
      } catch (error) {
        throw recordingError(path, error);
      }
    },
    [Symbol.dispose]: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
};

const isVerdict = ({ kind }: RunEvent): boolean =>
  kind === "check-finished" ||
  kind === "boot-finished" ||
  kind === "run-finished" ||
  kind === "run-interrupted";
