import type { DatabaseSync } from "node:sqlite";
import type { Recovery } from "./recovery.ts";

/** What was measured in earlier runs. Several processes of one machine may have it open and write at the same time. */
export interface History extends HistoryFile, Disposable {
  /** Only where the file could not be used: say its message to the user. */
  readonly recovery?: Recovery;
}

export interface HistoryFile {
  /** Absolute. */
  readonly path: string;
  readonly database: DatabaseSync;
}
