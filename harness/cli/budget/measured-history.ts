import { bootsOfImage } from "../../budget/history/boots-of-image.ts";
import type { HistoryBoot } from "../../budget/history/history-boot.ts";
import { importRuns } from "../../budget/history/import-runs.ts";
import { openHistory } from "../../budget/history/open-history.ts";

/** The configuration of boots that the suite boot-time makes only to measure them. */
export const measuredConfiguration = "measured";

/**
 * The measured boots of an image, newest run first, after the run directories given were taken into the history.
 * @throws {HostError} HOST_RESOURCE when the history cannot be read or written.
 */
export const measuredHistory = (
  image: string,
  runDirectories: readonly string[],
): readonly HistoryBoot[] => {
  using history = openHistory();
  if (history.recovery !== undefined) process.stderr.write(`${history.recovery.message}\n`);
  const { skipped } = importRuns(history, runDirectories);
  for (const { directory, problem } of skipped)
    process.stderr.write(`Not taken in: ${directory}: ${problem}\n`);
  return bootsOfImage(history, { image })
    .filter(({ configuration }) => configuration.replace(/-\d+$/, "") === measuredConfiguration)
    .map((boot) => ({ ...boot, configuration: measuredConfiguration }));
};
