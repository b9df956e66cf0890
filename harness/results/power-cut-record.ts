import { join } from "node:path";
import { z } from "zod";
import { parseRecord } from "./parse-record.ts";
import { damagedHint, parseJson, readBounded } from "./record-file.ts";

/**
 * What a run leaves of an update step that had crash states which must not be: enough to make each of them again. It stands in
 * `power-cuts/NAME/record.json`, beside `writes.log.zst`, the log of all writes, and `base.qcow2`, what the disk held when recording
 * began: of the system's disk what it had over the image, absent where that is all.
 */
export interface PowerCutRecord {
  readonly schemaVersion: 1;
  /** Id of the check. */
  readonly check: string;
  /** Serial of the disk. */
  readonly disk: string;
  /** Name of the crash state of the step before in which the disk was when recording began. Absent: it was in none. */
  readonly after?: string | undefined;
  /** Where the guest wrote its marks. */
  readonly markOffset: number;
  readonly bad: readonly BadState[];
}

export interface BadState {
  /** Names log entry, subset and seed. */
  readonly state: string;
  readonly problems: readonly string[];
}

export const powerCutFiles = {
  directory: "power-cuts",
  record: "record.json",
  log: "writes.log.zst",
  base: "base.qcow2",
} as const;

const maxBadStates = 1000;

const powerCutRecordSchema: z.ZodType<PowerCutRecord> = z.object({
  schemaVersion: z.literal(1),
  check: z.string().max(300),
  disk: z.string().max(100).default("system"), // Records of before 2026-12-01 are of no other.
  after: z.string().max(200).optional(),
  markOffset: z.int().min(0),
  bad: z
    .array(
      z.object({
        state: z.string().max(200),
        problems: z.array(z.string().max(2000)).max(100),
      }),
    )
    .max(maxBadStates),
});

/** @throws {BootwrightError} RESULTS_INVALID */
export const readPowerCutRecord = (directory: string): PowerCutRecord => {
  const path = join(directory, powerCutFiles.record);
  return parseRecord(powerCutRecordSchema, parseJson(readBounded(path), path), path, damagedHint);
};

/**
 * The folder in `power-cuts/`: `ostree-v2` of the check `upgrade-rollback/power-cut/ostree/v2`, `ostree-recovery-182-prefix-whole`
 * of a recovery after the state `182.prefix.whole`.
 */
export const powerCutFolder = ({ check, after }: Pick<PowerCutRecord, "check" | "after">): string =>
  [...check.split("/").slice(2), ...(after === undefined ? [] : [after])]
    .join("-")
    .replaceAll(/[^a-z0-9-]/g, "-");
