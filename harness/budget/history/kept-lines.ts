import { closeSync, existsSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { MiB } from "../../core/units.ts";

/** Where lines that were taken in are kept, from which a rebuild takes them: no run directory of this host has their boots. */
export const keptLinesPath = (historyPath: string): string => `${historyPath}.imported.jsonl`;

/**
 * Appends whole lines. The caller holds the history's write lock.
 * @throws what the file system says, as in ENOSPC: the half line that it then leaves is ended by the next call.
 */
export const keepLines = (historyPath: string, lines: string): void => {
  const fd = openSync(keptLinesPath(historyPath), "a+");
  try {
    // Not writeSync: on a nearly full disk that writes a part and reports no error.
    writeFileSync(fd, endsInHalfLine(fd) ? `\n${lines}` : lines);
  } finally {
    closeSync(fd);
  }
};

const endsInHalfLine = (fd: number): boolean => {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 10;
};

/** What was kept, in pieces that are valid until the next one is asked for; nothing where nothing was kept. */
export function* keptLines(historyPath: string): Generator<Buffer, void, undefined> {
  const path = keptLinesPath(historyPath);
  if (!existsSync(path)) return;
  const fd = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(MiB);
    for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk))
      yield chunk.subarray(0, size);
  } finally {
    closeSync(fd);
  }
}
