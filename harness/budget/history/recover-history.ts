import { existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { bootWriter } from "./boot-writer.ts";
import type { HistoryFile } from "./history.ts";
import { lineImporter } from "./import-lines.ts";
import { importRuns } from "./import-runs.ts";
import type { LinesImported } from "./imported.ts";
import { keptLines } from "./kept-lines.ts";
import { migrate, migrations } from "./migrate.ts";
import { inTransaction, openDatabase } from "./open-database.ts";
import { readBoots } from "./read-boots.ts";
import type { Recovery, Unusable } from "./recovery.ts";

/**
 * Puts a new history in place of one that cannot be used; the old file stays beside it under another name. The new one
 * has the boots of the run directories, of the lines that were ever imported, and those that can still be read from the old
 * file. It is made under a name of its own and put in place in one step. The caller holds `lockOpening`.
 * @throws {HostError} HOST_RESOURCE when it cannot be written; the old file is then where it was.
 */
export const recoverHistory = (
  path: string,
  unusable: Unusable,
  runDirectories: readonly string[],
): Recovery => {
  const nextPath = `${path}.next`;
  removeDatabase(nextPath); // Of a rebuild that was killed.
  const made = makeNext(path, nextPath, runDirectories);
  const backupPath = freeName(`${path}.${unusable.kind}`);
  for (const suffix of ["", "-wal"]) keepAside(`${path}${suffix}`, `${backupPath}${suffix}`);
  // Of the old file: SQLite would take them for the new one's.
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  renameSync(nextPath, path);
  return { message: messageOf(path, backupPath, unusable, made), backupPath, ...made };
};

type Made = Pick<Recovery, "runs" | "lines" | "salvagedBoots" | "isSalvageComplete">;

const makeNext = (path: string, nextPath: string, runDirectories: readonly string[]): Made => {
  const database = openDatabase(nextPath);
  try {
    migrate(database);
    const history = { path, database };
    const runs = importRuns(history, runDirectories);
    const lines = importKeptLines(history);
    return { runs, lines, ...salvage(path, database) };
  } finally {
    database.close(); // Which also moves its log into the file.
  }
};

const importKeptLines = (history: HistoryFile): LinesImported => {
  const importer = lineImporter(history, { keepsLines: false });
  for (const bytes of keptLines(history.path)) importer.push(bytes);
  return importer.end();
};

/** From both ends, as a damaged page stops the reading of a table. */
const salvage = (
  path: string,
  into: DatabaseSync,
): Pick<Recovery, "salvagedBoots" | "isSalvageComplete"> => {
  const writer = bootWriter(into);
  let salvagedBoots = 0;
  const takeAll = (order: "ASC" | "DESC"): boolean => {
    let old: DatabaseSync | undefined;
    try {
      old = openDatabase(path, { readOnly: true });
      for (const boot of readBoots(old, `ORDER BY boot_key ${order}`))
        if (writer.write(boot) !== "known") salvagedBoots += 1;
      return true;
    } catch (error) {
      return failsBecauseOf(error, into);
    } finally {
      old?.close();
    }
  };
  return inTransaction(into, () => {
    const isSalvageComplete = takeAll("ASC") || takeAll("DESC");
    return { salvagedBoots, isSalvageComplete };
  });
};

/** What ends the new file's transaction is no fault of the old file. */
const failsBecauseOf = (error: unknown, into: DatabaseSync): false => {
  if (!into.isTransaction) throw error;
  return false;
};

const freeName = (wanted: string): string => {
  for (let number = 1; ; number += 1) {
    const path = `${wanted}-${number}`;
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return path;
  }
};

/** By a second name, so that there is a file under the first one at all times; by renaming where links cannot be made. */
const keepAside = (path: string, aside: string): void => {
  if (!existsSync(path)) return;
  try {
    linkSync(path, aside);
  } catch {
    renameSync(path, aside);
  }
};

const removeDatabase = (path: string): void => {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
};

const messageOf = (path: string, backupPath: string, unusable: Unusable, made: Made): string => {
  const wrong =
    unusable.kind === "damaged"
      ? `is damaged (${unusable.seen.replaceAll("\n", " ")})`
      : `has version ${unusable.version} where this Bootwright reads up to ${migrations.length}`;
  const { runs, lines, salvagedBoots, isSalvageComplete } = made;
  const boots = runs.boots.added + lines.boots.added + salvagedBoots;
  const skipped = runs.skipped.length > 0 ? ` (${runs.skipped.length} more are damaged)` : "";
  const rest = isSalvageComplete
    ? "nothing was lost"
    : "boots whose run directory is gone are only in the old file";
  return `History ${path} ${wrong}; it was kept as ${backupPath} and rebuilt with ${boots} boots: ${runs.boots.added} of ${runs.runs} run directories${skipped}, ${lines.boots.added} of imported lines, ${salvagedBoots} of the old file; ${rest}`;
};
