import { DatabaseSync } from "node:sqlite";

export interface DatabaseOptions {
  /** How long a writer waits for another one. Default 10,000. */
  readonly busyTimeoutMs?: number;
  /** Default false. */
  readonly readOnly?: boolean;
}

/**
 * Opens a history file, made if it is not there, as it must be opened by every writer. WAL lets readers and one writer
 * work side by side, and NORMAL then loses no consistency, only the last transactions of a power cut
 * (sqlite.org/pragma.html#pragma_synchronous), which the run directories still have. Close it.
 * @throws what SQLite throws.
 */
export const openDatabase = (
  path: string,
  { busyTimeoutMs = 10_000, readOnly = false }: DatabaseOptions = {},
): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly });
  try {
    if (!readOnly) database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** Does all of `act` or nothing; the write lock is taken at once, so that a busy history is waited for. */
export const inTransaction = <Result>(database: DatabaseSync, act: () => Result): Result => {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = act();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself where the disk was full.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
};
