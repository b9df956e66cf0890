import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { BootwrightError } from "../core/errors.ts";
import { KiB } from "../core/units.ts";
import { parseRecord } from "./parse-record.ts";
import { recordingError } from "./recording-error.ts";
import { runLimits } from "./run-record.ts";
import { requireReadableVersion, schemaVersion } from "./schema-version.ts";
import { type TimelineRecord, timelineRecordSchema } from "./timeline-record.ts";

export interface BootDirectory {
  /** "01", "02", … */
  readonly id: string;
  readonly path: string;
}

/**
 * Takes the next free boots/NN and puts an empty timeline.json there, so that a boot that is killed has one too. mkdir
 * decides who gets a number: worker processes may call this at the same time.
 * @throws {HostError} HOST_RESOURCE when it cannot be written, or after 10,000 boots.
 */
export const claimBootDirectory = (
  runDirectory: string,
  how: Pick<TimelineRecord, "accel" | "measure">,
): BootDirectory => {
  const boots = join(runDirectory, "boots");
  try {
    const taken = Math.max(0, ...readdirSync(boots).map(Number).filter(Number.isInteger));
    for (let number = taken + 1; number <= runLimits.boots; number += 1) {
      const id = String(number).padStart(2, "0");
      const path = join(boots, id);
      if (!isMade(path)) continue;
      writeTimeline(path, { schemaVersion, phases: [], totalMs: 0, ...how });
      return { id, path };
    }
  } catch (error) {
    throw error instanceof BootwrightError ? error : recordingError(boots, error);
  }
  throw recordingError(boots, { code: `more than ${runLimits.boots} boots` });
};

const isMade = (path: string): boolean => {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
};

/** @throws {HostError} HOST_RESOURCE when it cannot be written; {BootwrightError} RESULTS_INVALID. */
export const writeTimeline = (bootDirectory: string, timeline: TimelineRecord): void => {
  const path = join(bootDirectory, "timeline.json");
  const hint = "Report this: a timeline was built wrongly";
  const checked = parseRecord(timelineRecordSchema, timeline, "timeline.json", hint);
  try {
    writeFileAtomic(path, `${JSON.stringify(checked, undefined, 2)}\n`);
  } catch (error) {
    throw recordingError(path, error);
  }
};

/** @throws {BootwrightError} RESULTS_INVALID when it is missing, over 256 KiB, newer than this Bootwright or wrong. */
export const readTimeline = (bootDirectory: string): TimelineRecord => {
  const path = join(bootDirectory, "timeline.json");
  const hint = "The run was damaged after it was written; run it again";
  let value: unknown;
  try {
    const facts = statSync(path);
    if (!facts.isFile() || facts.size > 256 * KiB) throw new Error("not a file of at most 256 KiB");
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new BootwrightError("RESULTS_INVALID", `${path} cannot be read`, { hint, cause: error });
  }
  requireReadableVersion(value, path);
  return parseRecord(timelineRecordSchema, value, path, hint);
};
