import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { makeDirectory } from "../../core/make-directory.ts";
import { findRunDirectories } from "./find-run-directories.ts";
import type { History } from "./history.ts";
import { inHistory, isDamage } from "./history-error.ts";
import { historyPath } from "./history-path.ts";
import { migrate, migrations, versionOf } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { lockOpening } from "./opening-lock.ts";
import { recoverHistory } from "./recover-history.ts";
import type { Unusable } from "./recovery.ts";

export interface HistoryOptions {
  /** From which an unusable file is rebuilt. Default: the directories with a run.json beside the file. */
  readonly runDirectories?: readonly string[];
  /** How long a writer waits for another one. Default 10,000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens the history, made if it is not there. A file that is damaged, or was written by a newer Bootwright, is moved aside
 * and rebuilt: see `recoverHistory`. Finding damage takes some 0.3 s for 100,000 boots.
 * @param path default: `historyPath()`.
 * @throws {HostError} HOST_RESOURCE when it cannot be opened or written, or another process is opening it for two minutes.
 */
export const openHistory = (
  path: string = historyPath(),
  { runDirectories, busyTimeoutMs }: HistoryOptions = {},
): History => {
  const file = resolve(path);
  const timeout = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
  return inHistory(file, () => {
    makeDirectory(dirname(file));
    using _lock = lockOpening(file);
    const opened = usableDatabase(file, timeout);
    if (!("kind" in opened)) return historyOf(file, opened);
    const directories = runDirectories ?? findRunDirectories(dirname(file));
    const recovery = recoverHistory(file, opened, directories);
    return { ...historyOf(file, openDatabase(file, timeout)), recovery };
  });
};

const historyOf = (path: string, database: DatabaseSync): History => ({
  path,
  database,
  [Symbol.dispose]: () => {
    if (database.isOpen) database.close();
  },
});

/** The database with today's tables, or why it cannot have them. */
const usableDatabase = (
  path: string,
  options: { readonly busyTimeoutMs?: number },
): DatabaseSync | Unusable => {
  const isNew = !existsSync(path);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(path, options);
    const version = versionOf(database);
    if (version > migrations.length) {
      database.close();
      return { kind: "newer", version };
    }
    if (!isNew) {
      const [damage] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
      if (damage !== "ok") {
        database.close();
        return { kind: "damaged", seen: String(damage) };
      }
    }
    migrate(database);
    return database;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    if (isDamage(error)) return { kind: "damaged", seen: (error as Error).message };
    throw error;
  }
};
