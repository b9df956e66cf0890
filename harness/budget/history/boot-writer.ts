import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { bootColumns } from "./boot-columns.ts";
import type { HistoryBoot } from "./history-boot.ts";

/** What became of a boot: `known` was in the history and stayed as it was. */
export type Written = "added" | "replaced" | "known";

export interface WriteOptions {
  /** Absolute, of the run on this host. Default: unknown. */
  readonly directory?: string;
  /** Replaces a known boot, too. Default false. */
  readonly replacesKnown?: boolean;
}

export interface BootWriter {
  /**
   * A boot is named by run and boot id. What is known stays, unless it was imported before its run had ended and this
   * one comes from the run's end.
   */
  write(boot: HistoryBoot, options?: WriteOptions): Written;
}

const fields = Object.entries(bootColumns) as readonly (readonly [
  keyof typeof bootColumns,
  string,
])[];

/** Prepares the statements; the transaction is the caller's. */
export const bootWriter = (database: DatabaseSync): BootWriter => {
  const find = database.prepare(
    "SELECT boot_key AS bootKey, run_status AS runStatus FROM boots WHERE run_id = ? AND boot_id = ?",
  );
  const remove = database.prepare("DELETE FROM boots WHERE boot_key = ?");
  const place = database.prepare(
    "UPDATE boots SET directory = ? WHERE boot_key = ? AND directory IS NOT ?",
  );
  const add = database.prepare(
    `INSERT INTO boots (directory, ${fields.map(([, column]) => column).join(", ")})
     VALUES (?${", ?".repeat(fields.length)})`,
  );
  const addPhase = database.prepare(
    `INSERT INTO phases (boot_key, position, name, start_ms, end_ms, cost, bytes_read)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    write: (boot, { directory, replacesKnown = false } = {}) => {
      const known = find.get(boot.runId, boot.bootId);
      const key = known?.["bootKey"];
      if (known !== undefined && key !== undefined) {
        const isOutdated = known["runStatus"] === "running" && boot.runStatus !== "running";
        if (!replacesKnown && !isOutdated) {
          if (directory !== undefined) place.run(directory, key, directory);
          return "known";
        }
        remove.run(key);
      }
      insert({ add, addPhase }, boot, directory);
      return known === undefined ? "added" : "replaced";
    },
  };
};

const insert = (
  { add, addPhase }: { readonly add: StatementSync; readonly addPhase: StatementSync },
  boot: HistoryBoot,
  directory: string | undefined,
): void => {
  const values = fields.map(([field]) => toSql(boot[field]));
  const { lastInsertRowid } = add.run(directory ?? null, ...values);
  for (const [position, { name, startMs, endMs, cost, bytesRead }] of boot.phases.entries())
    addPhase.run(lastInsertRowid, position, name, startMs, endMs, cost ?? null, bytesRead ?? null);
};

const toSql = (value: string | number | boolean | undefined): SQLInputValue => {
  if (value === undefined) return null;
  return typeof value === "boolean" ? Number(value) : value;
};
