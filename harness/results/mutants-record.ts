import { z } from "zod";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { type State, states } from "../verdict/state.ts";
import { parseRecord } from "./parse-record.ts";
import { damagedHint, parseJson, readBounded } from "./record-file.ts";

/** One check of one run, as far as the table of mutants needs it. */
export interface CellRecord {
  readonly id: string;
  readonly claim?: string;
  readonly state: State;
}

export interface MutantRecord {
  /** `IMAGE+NAME`. */
  readonly image: string;
  readonly title: string;
  readonly state: "pass" | "fail" | "inconclusive";
  readonly reason: string;
  readonly accel: "kvm" | "tcg";
  /** More than 1 when the host was too busy for a verdict at first. */
  readonly attempts: number;
  readonly fails: readonly string[];
  readonly skips: readonly string[];
  readonly checks: readonly CellRecord[];
}

/** The unchanged image: its checks must pass, or a mutant's failure would prove nothing. */
export interface ControlRecord {
  readonly image: string;
  readonly profile: string;
  readonly sha256: string;
  readonly accel: "kvm" | "tcg";
  readonly verdict: State;
  readonly attempts: number;
  readonly checks: readonly CellRecord[];
}

/** mutants.json: what `bootwright mutants run` found. */
export interface MutantsRecord {
  readonly schemaVersion: 1;
  readonly toolVersion: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly level: "quick" | "standard" | "full";
  readonly controls: readonly ControlRecord[];
  readonly mutants: readonly MutantRecord[];
  /** Checks that pass on their unchanged image and that no mutant fails; absent when only a part of the mutants ran. */
  readonly withoutMutant?: readonly string[];
}

const cell = z.object({
  id: z.string().max(300),
  claim: z.string().max(8).exactOptional(),
  state: z.enum(states),
});
const accel = z.enum(["kvm", "tcg"]);
const text = z.string().max(65_536);
const attempts = z.int().min(1).max(100);
const ids = z.array(z.string().max(300)).max(10_000);

const mutantsRecordSchema: z.ZodType<MutantsRecord> = z.object({
  schemaVersion: z.literal(1),
  toolVersion: text,
  startedAt: text,
  level: z.enum(["quick", "standard", "full"]),
  controls: z.array(
    z.object({
      image: text,
      profile: text,
      sha256: text,
      accel,
      verdict: z.enum(states),
      attempts,
      checks: z.array(cell).max(100_000),
    }),
  ),
  mutants: z.array(
    z.object({
      image: text,
      title: text,
      state: z.enum(["pass", "fail", "inconclusive"]),
      reason: text,
      accel,
      attempts,
      fails: ids,
      skips: ids,
      checks: z.array(cell).max(100_000),
    }),
  ),
  withoutMutant: ids.exactOptional(),
});

/** @throws {BootwrightError} RESULTS_INVALID */
export const readMutants = (path: string): MutantsRecord =>
  parseRecord(mutantsRecordSchema, parseJson(readBounded(path), path), path, damagedHint);

export const writeMutants = (path: string, record: MutantsRecord): void =>
  writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
