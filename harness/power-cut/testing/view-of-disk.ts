// A disk that nobody wrote to, as an oracle sees it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPartitionTable } from "../../../images/partition-table.ts";
import { tempDir } from "../../core/tmp.ts";
import { type DiskView, viewsOf } from "../disk-view.ts";
import { openWorkingDisk } from "../working-disk.ts";
import { openWriteLog } from "../write-log.ts";
import { encodeWriteLog } from "./write-log-bytes.ts";

/** Calls `look` with a view of a small raw disk. */
export const withViewOf = async <T>(
  path: string,
  look: (view: DiskView) => Promise<T> | T,
): Promise<T> => {
  await using work = await tempDir("view");
  const logPath = join(work.path, "log");
  writeFileSync(logPath, encodeWriteLog([]));
  using log = openWriteLog(logPath);
  const bytes = readFileSync(path);
  const table = readPartitionTable(path);
  const whole = { index: 0, label: "", typeGuid: "", startByte: 0, sizeBytes: bytes.length };
  const partitions = table.scheme === "none" ? [whole] : table.partitions;
  const borders = [0, ...partitions.map(({ startByte }) => startByte), bytes.length];
  const last = partitions.at(-1);
  if (last !== undefined) borders.splice(-1, 0, last.startByte + last.sizeBytes);
  const segments = borders.slice(1).map((end, at) => {
    const startByte = borders[at] ?? 0;
    const segment = {
      path: join(work.path, `segment-${at}`),
      startByte,
      sizeBytes: end - startByte,
    };
    writeFileSync(segment.path, bytes.subarray(startByte, end));
    return segment;
  });
  using disk = openWorkingDisk({
    ...{ segments, originPath: join(work.path, "origin"), log, isLeftOut: () => false },
    ranges: [{ startByte: 0, sizeBytes: bytes.length }, ...partitions],
  });
  return await look(viewsOf(disk, partitions, work.path).view());
};
