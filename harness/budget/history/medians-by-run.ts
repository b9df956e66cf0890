import { z } from "zod";
import type { Measured } from "../measured.ts";
import type { HistoryFile } from "./history.ts";
import { inHistory } from "./history-error.ts";
import { measuredSql, type Series } from "./measured-sql.ts";

/** The boots of one run, configuration and comparability. */
export interface RunMedian {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly configuration: string;
  readonly imageSha256: string;
  readonly qemuVersion: string;
  readonly comparability: string | null;
  /** Boots that passed and have the value; the figures are theirs. */
  readonly boots: number;
  /** Boots that failed. */
  readonly failed: number;
  /** In ms or, in cost mode, instructions; idle is ms in both. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const runMedianSchema: z.ZodType<RunMedian> = z.object({
  runId: z.string(),
  startedAt: z.string(),
  configuration: z.string(),
  imageSha256: z.string(),
  qemuVersion: z.string(),
  comparability: z.string().nullable(),
  boots: z.number(),
  failed: z.number(),
  median: z.number(),
  min: z.number(),
  max: z.number(),
});

/**
 * How long a phase took, run by run, newest first. Of the newest runs, those in which no boot has the value are left out.
 * @param what default `total`. `limit`: how many runs are looked at, each configuration for itself; default 200.
 * @throws {HostError} HOST_RESOURCE when the history cannot be read.
 */
export const mediansByRun = (
  { database, path }: HistoryFile,
  {
    image,
    accel,
    measure,
    configuration,
    what = "total",
    limit = 200,
  }: Series & { readonly what?: Measured; readonly limit?: number },
): readonly RunMedian[] => {
  const { sql, values } = measuredSql(what, measure);
  // The plus keeps SQLite on the index's order, which it leaves for a column that it takes for constant (EXPLAIN QUERY PLAN,
  // SQLite 3.53: 5 ms in place of 90 with 100,000 boots).
  const only = configuration === undefined ? [] : [configuration];
  return inHistory(path, () =>
    database
      .prepare(
        `WITH series AS (
           SELECT *, CASE state WHEN 'pass' THEN ${sql} END AS value
           FROM boots WHERE image = ? AND accel = ? AND measure = ?
           ${only.map(() => "AND +configuration = ?").join("")}
         )
         SELECT run_id AS runId, started_at AS startedAt, configuration, image_sha256 AS imageSha256,
           qemu_version AS qemuVersion, comparability, count(value) AS boots,
           count(*) FILTER (WHERE state = 'fail') AS failed,
           median(value) AS median, min(value) AS min, max(value) AS max
         FROM series GROUP BY started_at, run_id, configuration, comparability
         ORDER BY started_at DESC, run_id, configuration, comparability LIMIT ?`,
      )
      .all(...values, image, accel, measure, ...only, limit)
      .filter((row) => row["median"] !== null)
      .map((row) => runMedianSchema.parse(row)),
  );
};
