import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { type Clock, hostClock } from "../core/clock.ts";
import { BootwrightError, InternalError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";
import { type State, verdictOf } from "../verdict/state.ts";
import { boundedBoot } from "./bounded-boot.ts";
import { boundedCheck, checkWithoutTexts } from "./bounded-check.ts";
import { type CheckRecord, checkRecordSchema } from "./check-record.ts";
import { type CoalescedWrite, coalesceWrites } from "./coalesced-write.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import { parseRecord } from "./parse-record.ts";
import { recordingError } from "./recording-error.ts";
import type { RunEvent, RunEventBody } from "./run-event.ts";
import {
  type BootRecord,
  bootRecordSchema,
  type RunRecord,
  runRecordSchema,
} from "./run-record.ts";
import { schemaVersion } from "./schema-version.ts";
import { truncate } from "./truncate.ts";

/** What is known when the run starts; `amend` adds what is learnt later. */
export type RunFacts = Omit<
  RunRecord,
  "schemaVersion" | "status" | "verdict" | "reason" | "startedAt" | "endedAt" | "checks" | "boots"
>;

/** A file that is rewritten together with run.json; the writers are in harness/report. */
export interface ReportFile {
  readonly fileName: string;
  readonly render: (run: RunRecord) => string;
}

export interface RecorderOptions {
  readonly reports: readonly ReportFile[];
  /** Told of each event as it is recorded: live progress. */
  readonly onEvent?: (event: RunEvent) => void;
  readonly clock?: Clock;
  /** Wall clock, for time stamps only. */
  readonly now?: () => Date;
}

export type PassingEvent = Extract<
  RunEventBody,
  { kind: "boot-started" | "phase-entered" | "check-started" | "note" }
>;

/**
 * Writes a run down while it happens. All methods are synchronous, and when one returns, what it recorded survives
 * SIGKILL: events.jsonl has it at once, run.json and the reports within 200 ms (at once for the first hundred checks
 * that do not pass). Disposing of a recorder that was not told how the run ended makes the verdict `error`.
 *
 * Methods throw {HostError} HOST_RESOURCE when a file cannot be written (earlier files stay readable, and the next call
 * tries again), {BootwrightError} RESULTS_INVALID for a record that breaks the schema or an id recorded twice.
 */
export interface RunRecorder extends AsyncDisposable {
  readonly directory: string;
  /** The record as it stands. */
  run(): RunRecord;
  record(event: PassingEvent): void;
  checkFinished(check: CheckRecord): void;
  bootFinished(boot: BootRecord): void;
  amend(facts: Partial<RunFacts>): void;
  /** Verdict: that of the checks, or `own` where that is worse. */
  finish(own?: OwnVerdict): RunRecord;
  /** Verdict: that of the checks, but never better than `inconclusive`. */
  interrupt(reason: string): RunRecord;
}

/** Something that no check says; it can make the run's verdict worse, never better. */
export interface OwnVerdict {
  readonly verdict: "fail" | "inconclusive" | "error";
  readonly reason: string;
}

const intervalMs = 200;
const urgentFlushes = 100;
const maxChecks = 20_000;
// run.json is rewritten whole, and readRun refuses one over 256 MiB; checks beyond this sum are kept without their texts.
const textBudgetBytes = 16 * MiB;
const brokenRecord = "Report this, or correct the suite that made the record";

/** Writes the first run.json, which says `error (run did not finish)` until the run ends. */
export const startRunRecorder = (
  directory: string,
  facts: RunFacts,
  options: RecorderOptions,
): RunRecorder => {
  const recorder = new DirectoryRecorder(directory, facts, options);
  recorder.start();
  return recorder;
};

class DirectoryRecorder implements RunRecorder {
  readonly directory: string;
  readonly #options: RecorderOptions;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #log: EventLog;
  readonly #files: CoalescedWrite;
  readonly #checks: CheckRecord[] = [];
  readonly #boots: BootRecord[] = [];
  readonly #ids = new Set<string>();
  #head: Omit<RunRecord, "checks" | "boots">;
  #textBytes = 0;
  #urgentFlushes = urgentFlushes;

  constructor(directory: string, facts: RunFacts, options: RecorderOptions) {
    this.directory = directory;
    this.#options = options;
    this.#clock = options.clock ?? hostClock;
    this.#startMs = this.#clock.nowMs();
    this.#log = openEventLog(join(directory, "events.jsonl"));
    this.#files = coalesceWrites(() => this.#writeFiles(), { clock: this.#clock, intervalMs });
    this.#head = checkedHead({
      schemaVersion,
      ...facts,
      startedAt: this.#now(),
      status: "running",
      verdict: "error",
      reason: "run did not finish",
    });
  }

  start(): void {
    const { image, checksPlanned } = this.#head;
    this.#files.flush();
    this.#emit({
      kind: "run-started",
      schemaVersion,
      image: image.name,
      ...(checksPlanned === undefined ? {} : { checksPlanned }),
    });
  }

  run(): RunRecord {
    return { ...this.#head, checks: [...this.#checks], boots: [...this.#boots] };
  }

  record(event: PassingEvent): void {
    this.#requireRunning();
    this.#emit(event.kind === "note" ? { ...event, text: truncate(event.text, 4096) } : event);
  }

  checkFinished(check: CheckRecord): void {
    this.#requireRunning();
    const where = `Check ${check.id}`;
    const bounded = parseRecord(checkRecordSchema, this.#fit(check), where, brokenRecord);
    this.#requireNew(`check ${bounded.id}`);
    this.#checks.push(bounded);
    this.#emit({ kind: "check-finished", check: bounded });
    const isUrgent = bounded.state !== "pass" && this.#urgentFlushes > 0;
    if (isUrgent) this.#urgentFlushes -= 1;
    this.#write(isUrgent);
  }

  bootFinished(boot: BootRecord): void {
    this.#requireRunning();
    const bounded = parseRecord(
      bootRecordSchema,
      boundedBoot(boot),
      `Boot ${boot.id}`,
      brokenRecord,
    );
    this.#requireNew(`boot ${bounded.id}`);
    this.#boots.push(bounded);
    this.#emit({ kind: "boot-finished", boot: bounded });
    this.#write(bounded.state !== "pass");
  }

  amend(facts: Partial<RunFacts>): void {
    this.#requireRunning();
    this.#head = checkedHead({ ...this.#head, ...facts });
    this.#write(false);
  }

  finish(own?: OwnVerdict): RunRecord {
    const states: readonly State[] = this.#checks.map(({ state }) => state);
    const verdict = verdictOf(own === undefined ? states : [...states, own.verdict]);
    const reason = own?.reason ?? (states.includes(verdict) ? undefined : "no check was decided");
    return this.#end("finished", verdict, reason);
  }

  interrupt(reason: string): RunRecord {
    const states: readonly State[] = this.#checks.map(({ state }) => state);
    return this.#end("interrupted", verdictOf([...states, "inconclusive"]), reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#head.status === "running") this.#end("interrupted", "error", "run did not finish");
  }

  #end(status: "finished" | "interrupted", verdict: State, why: string | undefined): RunRecord {
    this.#requireRunning();
    const reason = why === undefined ? undefined : truncate(why, 4096);
    const { reason: _, ...head } = this.#head;
    const withReason = reason === undefined ? {} : { reason };
    this.#head = { ...head, status, verdict, endedAt: this.#now(), ...withReason };
    using log = this.#log;
    try {
      this.#files.flush();
    } finally {
      this.#files.cancel();
      this.#emit(
        status === "finished"
          ? { kind: "run-finished", verdict, ...withReason }
          : { kind: "run-interrupted", reason: reason ?? "run did not finish" },
        log,
      );
    }
    return this.run();
  }

  #emit(body: RunEventBody, log: EventLog = this.#log): void {
    const elapsedMs = Math.round(this.#clock.nowMs() - this.#startMs);
    const event: RunEvent = { at: this.#now(), elapsedMs, ...body };
    this.#options.onEvent?.(event);
    log.append(event);
  }

  #write(isUrgent: boolean): void {
    if (isUrgent) this.#files.flush();
    else this.#files.request();
  }

  #writeFiles(): void {
    const run = this.run();
    this.#writeFile("run.json", `${JSON.stringify(run, undefined, 2)}\n`);
    for (const { fileName, render } of this.#options.reports)
      this.#writeFile(fileName, render(run));
  }

  #writeFile(fileName: string, text: string): void {
    const path = join(this.directory, fileName);
    try {
      writeFileAtomic(path, text);
    } catch (error) {
      throw recordingError(path, error);
    }
  }

  #fit(check: CheckRecord): CheckRecord {
    const bounded = boundedCheck(check);
    const bytes = Buffer.byteLength(JSON.stringify(bounded));
    if (this.#textBytes + bytes > textBudgetBytes) return checkWithoutTexts(bounded);
    this.#textBytes += bytes;
    return bounded;
  }

  #requireNew(what: string): void {
    if (this.#ids.has(what)) {
      throw new BootwrightError("RESULTS_INVALID", `A result for ${what} is already recorded`, {
        hint: "Give each check an id of its own; put repeated tries into one record's attempts",
      });
    }
    if (this.#checks.length >= maxChecks) {
      throw new BootwrightError("RESULTS_INVALID", `A run holds at most ${maxChecks} checks`, {
        hint: "Split the run into shards",
      });
    }
    this.#ids.add(what);
  }

  #requireRunning(): void {
    if (this.#head.status === "running") return;
    throw new InternalError(`The run in ${this.directory} has ended; nothing more can be recorded`);
  }

  #now(): string {
    return (this.#options.now?.() ?? new Date()).toISOString();
  }
}

const checkedHead = (
  head: Omit<RunRecord, "checks" | "boots">,
): Omit<RunRecord, "checks" | "boots"> => {
  const {
    checks: _,
    boots: __,
    ...rest
  } = parseRecord(runRecordSchema, { ...head, checks: [], boots: [] }, "run.json", brokenRecord);
  return rest;
};
