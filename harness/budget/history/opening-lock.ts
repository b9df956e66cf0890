import { DatabaseSync } from "node:sqlite";
import { HostError } from "../../core/errors.ts";

const waitMs = 120_000;

/**
 * Keeps other processes from opening the history until disposed, so that only one moves a damaged file aside. It is
 * SQLite's own exclusive lock on an empty file beside the history: the kernel gives it back when a process dies.
 * @throws {HostError} HOST_RESOURCE when another process opens, or rebuilds, the history for two minutes; what SQLite throws.
 */
export const lockOpening = (historyPath: string): Disposable => {
  const path = `${historyPath}.lock`;
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if ((cause as { errcode?: unknown }).errcode !== 5) throw cause;
    throw new HostError(
      "HOST_RESOURCE",
      `History ${historyPath} was being opened or rebuilt by another process for ${waitMs / 1000} s`,
      { hint: "Wait until that process has ended, or see who has the file open with fuser", cause },
    );
  }
  return { [Symbol.dispose]: () => database.close() };
};
