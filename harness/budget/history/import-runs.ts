import { resolve } from "node:path";
import { BootwrightError } from "../../core/errors.ts";
import { readRun } from "../../results/read-run.ts";
import { type BootWriter, bootWriter, type WriteOptions, type Written } from "./boot-writer.ts";
import { bootsOfRun } from "./boots-of-run.ts";
import type { HistoryFile } from "./history.ts";
import { type HistoryBoot, historyBootSchema } from "./history-boot.ts";
import { inHistory } from "./history-error.ts";
import type { RunsImported, SkippedDirectory } from "./imported.ts";
import { inTransaction } from "./open-database.ts";

/** Directories whose boots are written in one transaction. */
const batchSize = 100;

/**
 * Takes the boots of run directories in; of those that it knows it takes nothing (see `BootWriter`), so that a directory
 * may be imported again. A damaged directory is skipped and reported, and does not hinder the others.
 * @throws {HostError} HOST_RESOURCE when the history cannot be written, or is locked for ten seconds: the batches before
 * are in it, the batch in which that happened is not, and run directories are only read.
 */
export const importRuns = (history: HistoryFile, directories: readonly string[]): RunsImported =>
  takeRuns(history, directories, {});

/**
 * Takes the run directories in again as today's rules read them, in place of what the history has of their boots. Boots
 * whose directory is not among them stay as they are.
 * @throws as `importRuns`.
 */
export const rebuild = (history: HistoryFile, directories: readonly string[]): RunsImported =>
  takeRuns(history, directories, { replacesKnown: true });

const takeRuns = (
  { database, path }: HistoryFile,
  directories: readonly string[],
  options: WriteOptions,
): RunsImported => {
  const boots = { added: 0, replaced: 0, known: 0 };
  const skipped: SkippedDirectory[] = [];
  const writer = inHistory(path, () => bootWriter(database));
  for (let at = 0; at < directories.length; at += batchSize) {
    const batch = directories.slice(at, at + batchSize).flatMap((name) => {
      const directory = resolve(name);
      const read = readBootsOf(directory);
      if (typeof read !== "string") return [{ directory, read }];
      skipped.push({ directory, problem: read });
      return [];
    });
    const written = inHistory(path, () =>
      inTransaction(database, () => batch.flatMap((run) => writeRun(writer, run, options))),
    );
    for (const each of written) boots[each] += 1;
  }
  return { runs: directories.length - skipped.length, boots, skipped };
};

interface ReadDirectory {
  readonly directory: string;
  readonly read: readonly HistoryBoot[];
}

const writeRun = (
  writer: BootWriter,
  { directory, read }: ReadDirectory,
  options: WriteOptions,
): readonly Written[] => read.map((boot) => writer.write(boot, { ...options, directory }));

/** The problem, where nothing can be taken. */
const readBootsOf = (directory: string): readonly HistoryBoot[] | string => {
  try {
    const boots = bootsOfRun(readRun(directory).run);
    for (const boot of boots) {
      const { error } = historyBootSchema.safeParse(boot);
      if (error !== undefined)
        return `Boot ${boot.bootId} of ${directory} cannot be kept: ${error.issues[0]?.message}`;
    }
    return boots;
  } catch (error) {
    if (error instanceof BootwrightError && error.code === "RESULTS_INVALID") return error.message;
    throw error;
  }
};
