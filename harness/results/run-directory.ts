import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "../core/errors.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { recordingError } from "./recording-error.ts";

/**
 * Makes an empty run directory with its `boots/` and returns its absolute path.
 * @throws {UsageError} when the path is a file or holds anything; {HostError} HOST_RESOURCE when it cannot be written.
 */
export const createRunDirectory = (path: string): string => {
  const directory = resolve(path);
  try {
    makeDirectory(directory);
    const present = readdirSync(directory);
    if (present.length > 0) {
      throw new UsageError(
        `Run directory ${directory} must be empty or absent; it holds ${present.length === 1 ? "1 entry" : `${present.length} entries`}`,
        { hint: "Name another directory with --out, or remove this one" },
      );
    }
    mkdirSync(join(directory, "boots"));
    return directory;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (isErrno(error, "EEXIST") || isErrno(error, "ENOTDIR")) {
      throw new UsageError(`Run directory ${directory} must be a directory; a file is in the way`, {
        hint: "Name another directory with --out",
        cause: error,
      });
    }
    throw recordingError(directory, error);
  }
};

const isErrno = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === code;
