import { z } from "zod";
import type { HistoryFile } from "./history.ts";
import type { HistoryBoot } from "./history-boot.ts";
import { inHistory } from "./history-error.ts";
import type { Series } from "./measured-sql.ts";
import { readBoots } from "./read-boots.ts";

/** What a measurement must have in common with its baseline. */
export interface BaselineWanted extends Series {
  readonly configuration: string;
  readonly qemuVersion: string;
  /** Default: that of boots that have none. */
  readonly comparability?: string;
  /** The run that is to be compared, which is no baseline for itself. Default: none. */
  readonly notRun?: string;
  /** A run with fewer boots that passed is no baseline. Default 1. */
  readonly minBoots?: number;
}

export type Baseline =
  | {
      readonly kind: "found";
      readonly runId: string;
      readonly startedAt: string;
      /** Those that passed, in their order. */
      readonly boots: readonly HistoryBoot[];
    }
  /** One sentence: what the newest boots of the image were measured with instead. */
  | { readonly kind: "none"; readonly reason: string };

/**
 * The newest run whose boots compare with a measurement: same image name, configuration, accelerator, measure, QEMU
 * version and comparability. A run that was measured otherwise is never taken; the reason says what differs.
 * @throws {HostError} HOST_RESOURCE when the history cannot be read.
 */
export const latestBaseline = ({ database, path }: HistoryFile, wanted: BaselineWanted): Baseline =>
  inHistory(path, () => {
    const { image, accel, measure, configuration, qemuVersion } = wanted;
    const same = [image, accel, measure, configuration, qemuVersion, wanted.comparability ?? null];
    const newest = database
      .prepare(
        `SELECT run_id AS runId, started_at AS startedAt FROM boots
         WHERE ${sameMeasurement} AND run_id IS NOT ?
         GROUP BY started_at, run_id HAVING count(*) >= ?
         ORDER BY started_at DESC, run_id LIMIT 1`,
      )
      .get(...same, wanted.notRun ?? null, wanted.minBoots ?? 1);
    if (newest === undefined) return { kind: "none", reason: reasonFor(database, wanted) };
    const { runId, startedAt } = runSchema.parse(newest);
    const ofRun = `WHERE ${sameMeasurement} AND run_id = ? ORDER BY boot_id`;
    return {
      kind: "found",
      runId,
      startedAt,
      boots: [...readBoots(database, ofRun, ...same, runId)],
    };
  });

const sameMeasurement = `image = ? AND accel = ? AND measure = ? AND configuration = ?
  AND qemu_version = ? AND comparability IS ? AND state = 'pass'`;

const runSchema = z.object({ runId: z.string(), startedAt: z.string() });

const reasonFor = (database: HistoryFile["database"], wanted: BaselineWanted): string => {
  const subject = `${wanted.image} as ${wanted.configuration}`;
  const [seen] = readBoots(
    database,
    "WHERE image = ? AND configuration = ? AND state = 'pass' AND run_id IS NOT ? ORDER BY started_at DESC, run_id, boot_id LIMIT 1",
    wanted.image,
    wanted.configuration,
    wanted.notRun ?? null,
  );
  if (seen === undefined) return `The history has no other boot of ${subject} that passed`;
  const differences = compared
    .filter((name) => seen[name] !== wanted[name])
    .map((name) => `${name} ${seen[name] ?? "unknown"}, not ${wanted[name] ?? "unknown"}`);
  return differences.length > 0
    ? `The newest boots of ${subject} do not compare: they have ${differences.join("; ")}`
    : `No other run of ${subject} has ${wanted.minBoots ?? 1} boots that passed and compare`;
};

const compared = ["accel", "measure", "qemuVersion", "comparability"] as const;
