import type { Written } from "./boot-writer.ts";

/** Boots by what became of them: see `Written`. */
export type BootCounts = Readonly<Record<Written, number>>;

export interface RunsImported {
  /** Directories that were read. */
  readonly runs: number;
  readonly boots: BootCounts;
  /** Directories of which nothing was taken, and why: one sentence each. */
  readonly skipped: readonly SkippedDirectory[];
}

export interface SkippedDirectory {
  readonly directory: string;
  readonly problem: string;
}

export interface LinesImported {
  readonly boots: BootCounts;
  readonly badLines: number;
  /** The first twenty bad lines, one sentence each: "line 7: it is not JSON: …". */
  readonly problems: readonly string[];
}
