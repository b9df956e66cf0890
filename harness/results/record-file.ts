import { readFileSync, statSync } from "node:fs";
import { BootwrightError } from "../core/errors.ts";
import { formatBytes, MiB } from "../core/units.ts";

const maxFileBytes = 256 * MiB;

/** What to do about a file that was good when the run left it. */
export const damagedHint = "The run directory was damaged after the run; run it again";

/**
 * A file of a run directory, which may come from elsewhere.
 * @throws {BootwrightError} RESULTS_INVALID when it is absent, not a regular file or over 256 MiB.
 */
export const readBounded = (path: string): Buffer => {
  let bytes = 0;
  try {
    const facts = statSync(path);
    // A named pipe in a directory from elsewhere would block for ever.
    if (!facts.isFile()) throw new Error("not a regular file");
    bytes = facts.size;
    if (bytes <= maxFileBytes) return readFileSync(path);
  } catch (error) {
    throw new BootwrightError("RESULTS_INVALID", `${path} cannot be read`, {
      hint: "Point at a run directory that `bootwright run --out` wrote",
      cause: error,
    });
  }
  throw new BootwrightError(
    "RESULTS_INVALID",
    `${path} has ${formatBytes(bytes)}; a run directory's files have at most ${formatBytes(maxFileBytes)}`,
    { hint: damagedHint },
  );
};

/** @throws {BootwrightError} RESULTS_INVALID */
export const parseJson = (bytes: Buffer, path: string): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new BootwrightError("RESULTS_INVALID", `${path} is not JSON`, {
      hint: damagedHint,
      cause: error,
    });
  }
};
