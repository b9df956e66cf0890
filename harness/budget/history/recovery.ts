import type { LinesImported, RunsImported } from "./imported.ts";

/** Why a file cannot be used as it is. */
export type Unusable =
  | { readonly kind: "damaged"; readonly seen: string }
  | { readonly kind: "newer"; readonly version: number };

/** What was done about it. */
export interface Recovery {
  /** What was wrong with which file, where it is now, and from what the new one was made: for the user. */
  readonly message: string;
  /** The file as it was found. It is never removed. */
  readonly backupPath: string;
  readonly runs: RunsImported;
  readonly lines: LinesImported;
  /** Boots that only the old file had, and that could be read there. */
  readonly salvagedBoots: number;
  /** The old file could be read to its end, so that nothing that it had is missing. */
  readonly isSalvageComplete: boolean;
}
