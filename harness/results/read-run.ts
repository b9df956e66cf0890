import { existsSync } from "node:fs";
import { join } from "node:path";
import { KiB } from "../core/units.ts";
import { parseRecord } from "./parse-record.ts";
import { damagedHint, parseJson, readBounded } from "./record-file.ts";
import { type RunEvent, runEventSchema } from "./run-event.ts";
import { type RunRecord, runRecordSchema } from "./run-record.ts";
import { requireReadableVersion } from "./schema-version.ts";

export interface RecordedRun {
  readonly run: RunRecord;
  readonly events: readonly RunEvent[];
  /** What was damaged and left out, one sentence each. Empty for a run that was not cut off. */
  readonly problems: readonly string[];
}

const maxLineBytes = 2048 * KiB;
const maxProblems = 20;

/**
 * Reads run.json and events.jsonl. A half line in events.jsonl (a run that was killed, or a full disk) is left out and
 * reported; a run that was killed gets the checks and boots that only its events know.
 * @throws {BootwrightError} RESULTS_INVALID when run.json is missing, wrong, over 256 MiB or newer than this Bootwright.
 */
export const readRun = (directory: string): RecordedRun => {
  const runPath = join(directory, "run.json");
  const value = parseJson(readBounded(runPath), runPath);
  requireReadableVersion(value, runPath);
  const run = parseRecord(runRecordSchema, value, runPath, damagedHint);
  const { events, problems } = readEvents(join(directory, "events.jsonl"));
  if (run.status !== "running") return { run, events, problems };
  return recovered(run, events, problems);
};

const readEvents = (path: string): { events: RunEvent[]; problems: string[] } => {
  const events: RunEvent[] = [];
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < maxProblems) problems.push(problem);
  };
  if (!existsSync(path)) return { events, problems: ["events.jsonl is missing"] };
  const bytes = readBounded(path);
  let lineNumber = 1;
  for (let at = 0; at < bytes.length; lineNumber += 1) {
    const newline = bytes.indexOf(10, at);
    const end = newline === -1 ? bytes.length : newline;
    const event = parseEvent(bytes.subarray(at, end), path);
    if (event !== undefined) events.push(event);
    else if (newline === -1) report(`events.jsonl ends in half a line of ${end - at} bytes`);
    else if (end > at) report(`events.jsonl line ${lineNumber} is not an event`);
    at = end + 1;
  }
  return { events, problems };
};

const parseEvent = (line: Buffer, path: string): RunEvent | undefined => {
  if (line.length === 0 || line.length > maxLineBytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line.toString("utf8"));
  } catch {
    return undefined;
  }
  if ((value as { kind?: unknown } | null)?.kind === "run-started") {
    requireReadableVersion(value, path);
  }
  return runEventSchema.safeParse(value).data;
};

const recovered = (
  run: RunRecord,
  events: readonly RunEvent[],
  problems: string[],
): RecordedRun => {
  const knownChecks = new Set(run.checks.map(({ id }) => id));
  const knownBoots = new Set(run.boots.map(({ id }) => id));
  const checks = events.flatMap((event) =>
    event.kind === "check-finished" && !knownChecks.has(event.check.id) ? [event.check] : [],
  );
  const boots = events.flatMap((event) =>
    event.kind === "boot-finished" && !knownBoots.has(event.boot.id) ? [event.boot] : [],
  );
  if (checks.length + boots.length > 0) {
    problems.push(
      `run.json lacked ${checks.length} checks and ${boots.length} boots that events.jsonl has; they were taken from there`,
    );
  }
  return {
    run: { ...run, checks: [...run.checks, ...checks], boots: [...run.boots, ...boots] },
    events,
    problems,
  };
};
