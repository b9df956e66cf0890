import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { selectedBootColumns } from "./boot-columns.ts";
import { type HistoryBoot, historyBootSchema } from "./history-boot.ts";

type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * The boots that `rest` (what follows FROM boots) selects, with their phases, one after the other.
 * @throws what SQLite throws, and {z.ZodError} for a row that is none of ours.
 */
export function* readBoots(
  database: DatabaseSync,
  rest: string,
  ...values: readonly SQLInputValue[]
): Generator<HistoryBoot, void, undefined> {
  const boots = database.prepare(
    `SELECT boots.boot_key AS bootKey, ${selectedBootColumns} FROM boots ${rest}`,
  );
  const phases = database.prepare(
    `SELECT name, start_ms AS startMs, end_ms AS endMs, cost, bytes_read AS bytesRead
     FROM phases WHERE boot_key = ? ORDER BY position`,
  );
  for (const { bootKey = null, ...row } of boots.iterate(...values)) {
    yield historyBootSchema.parse({
      ...withoutNulls(row),
      ...(row["secureBoot"] === null ? {} : { secureBoot: row["secureBoot"] === 1 }),
      phases: phases.all(bootKey).map(withoutNulls),
    });
  }
}

const withoutNulls = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
