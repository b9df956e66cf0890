import { constants } from "node:os";
import { dirname } from "node:path";
import { BootwrightError, HostError } from "../../core/errors.ts";
import { freeBytesAt } from "../../core/free-space.ts";
import { KiB } from "../../core/units.ts";

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const resultCodes = {
  busy: 5,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** SQLite's primary result code; undefined for an error that is not SQLite's. */
const resultCodeOf = (error: unknown): number | undefined => {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  // The low byte of an extended code is its primary one.
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" ? errcode & 0xff : undefined;
};

/** The file is no history any more, as opposed to a host that cannot read or write it. */
export const isDamage = (error: unknown): boolean => {
  const code = resultCodeOf(error);
  return code === resultCodes.corrupt || code === resultCodes.notADatabase;
};

/** What a failed access to the history becomes. Errors that are neither SQLite's nor of the file system stay as they are. */
export const historyError = (path: string, error: unknown): unknown => {
  if (error instanceof BootwrightError) return error;
  if (isDamage(error))
    return new BootwrightError("RESULTS_INVALID", `History ${path} was damaged while it was used`, {
      hint: "Run the command again: it moves the file aside and rebuilds the history from the run directories",
      cause: error,
    });
  const code = resultCodeOf(error);
  if (code === resultCodes.busy)
    return new HostError("HOST_RESOURCE", `History ${path} is locked by another process`, {
      hint: "Wait until that process has ended, then import the run directory; the run itself is complete",
      cause: error,
    });
  if (isFull(path, error))
    return new HostError("HOST_RESOURCE", `The disk is full: history ${path} cannot be written`, {
      hint: "Free space there, then import the run directory; the run itself is complete",
      cause: error,
    });
  const accessCodes: readonly unknown[] = [
    resultCodes.readOnly,
    resultCodes.io,
    resultCodes.cannotOpen,
  ];
  const isOfFileSystem = String((error as { code?: unknown } | null)?.code) in constants.errno;
  if (!accessCodes.includes(code) && !isOfFileSystem) return error;
  return new HostError("HOST_RESOURCE", `History ${path} cannot be opened or written`, {
    hint: "Check that its directory exists and may be written, or name another file in BOOTWRIGHT_HISTORY",
    cause: error,
  });
};

/** SQLite says "I/O error" where the disk is too full for the shared memory of its log. */
const isFull = (path: string, error: unknown): boolean => {
  const code = resultCodeOf(error);
  if (code === resultCodes.full) return true;
  if (["ENOSPC", "EDQUOT"].includes(String((error as { code?: unknown } | null)?.code)))
    return true;
  return code === resultCodes.io && freeBytesAt(dirname(path)) < 64 * KiB;
};

/** @throws {HostError} HOST_RESOURCE; {BootwrightError} RESULTS_INVALID for a file that was damaged in the meantime. */
export const inHistory = <Result>(path: string, act: () => Result): Result => {
  try {
    return act();
  } catch (error) {
    throw historyError(path, error);
  }
};
