import { bootLine, maxLineBytes, parseBootLine } from "./boot-line.ts";
import { type BootWriter, bootWriter } from "./boot-writer.ts";
import type { HistoryFile } from "./history.ts";
import type { HistoryBoot } from "./history-boot.ts";
import { inHistory } from "./history-error.ts";
import type { BootCounts, LinesImported } from "./imported.ts";
import { keepLines } from "./kept-lines.ts";
import { type Line, LineSplitter } from "./line-splitter.ts";
import { inTransaction } from "./open-database.ts";

const maxProblems = 20;
const batchSize = 1000;

/**
 * Takes in what `exportLines` wrote on another host. A boot that is known stays as it is (see `BootWriter`), so that lines
 * may be imported again. A bad line (over 64 KiB, not JSON, another schema) is reported, and the others are taken.
 * @param source as of `createReadStream`, or stdin.
 * @throws {HostError} HOST_RESOURCE when the history cannot be written: batches of 1000 before are in it. What the source
 * throws.
 */
export const importLines = async (
  history: HistoryFile,
  source: AsyncIterable<Uint8Array>,
): Promise<LinesImported> => {
  const importer = lineImporter(history, { keepsLines: true });
  for await (const bytes of source) importer.push(bytes);
  return importer.end();
};

export interface LineImporter {
  push(bytes: Uint8Array): void;
  /** Writes what is left. */
  end(): LinesImported;
}

/** @param options `keepsLines`: new boots are also written to `keptLinesPath`. */
export const lineImporter = (
  { database, path }: HistoryFile,
  { keepsLines }: { readonly keepsLines: boolean },
): LineImporter => {
  const counts = { added: 0, replaced: 0, known: 0 };
  const problems: string[] = [];
  let badLines = 0;
  let waiting: HistoryBoot[] = [];
  const splitter = new LineSplitter(maxLineBytes);
  const writer = inHistory(path, () => bootWriter(database));
  const flush = (): void => {
    const boots = waiting;
    waiting = [];
    const written = inHistory(path, () =>
      inTransaction(database, () => writeBatch(writer, boots, keepsLines ? path : undefined)),
    );
    for (const each of written) counts[each] += 1;
  };
  const take = (lines: readonly Line[]): void => {
    for (const line of lines) {
      const parsed = parseBootLine(line);
      if (parsed.kind === "boot") waiting.push(parsed.boot);
      if (parsed.kind === "bad") {
        badLines += 1;
        if (problems.length < maxProblems) problems.push(`line ${line.number}: ${parsed.problem}`);
      }
      if (waiting.length >= batchSize) flush();
    }
  };
  return {
    push: (bytes) => take(splitter.push(bytes)),
    end: () => {
      take(splitter.end());
      if (waiting.length > 0) flush();
      return { boots: counts, badLines, problems };
    },
  };
};

/**
 * The lines are kept before the transaction ends, while its lock holds off other writers. A crash in between leaves lines
 * that the history lacks; a rebuild takes them in.
 */
const writeBatch = (
  writer: BootWriter,
  boots: readonly HistoryBoot[],
  keptFor: string | undefined,
): readonly (keyof BootCounts)[] => {
  const written = boots.map((boot) => writer.write(boot));
  if (keptFor === undefined) return written;
  const news = boots.filter((_, index) => written[index] !== "known");
  if (news.length > 0) keepLines(keptFor, news.map(bootLine).join(""));
  return written;
};
