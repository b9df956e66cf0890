// A disk that nobody wrote to, as an oracle sees it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "../../core/tmp.ts";
import { type DiskView, viewsOf } from "../disk-view.ts";
import { readLayout, splitDisk } from "../split-disk.ts";
import { openWorkingDisk } from "../working-disk.ts";
import { openWriteLog } from "../write-log.ts";
import { encodeWriteLog } from "./write-log-bytes.ts";

/** Calls `look` with a view of a raw disk. */
export const withViewOf = async <T>(
  path: string,
  look: (view: DiskView) => Promise<T> | T,
): Promise<T> => {
  await using work = await tempDir("view");
  const base = { path, format: "raw" } as const;
  const logPath = join(work.path, "log");
  writeFileSync(logPath, encodeWriteLog([]));
  using log = openWriteLog(logPath);
  const layout = await readLayout(base, work.path);
  const { partitions, sizeBytes } = layout;
  using disk = openWorkingDisk({
    segments: await splitDisk(base, layout, work.path),
    ...{ originPath: join(work.path, "origin"), log, isLeftOut: () => false },
    ranges: [{ startByte: 0, sizeBytes }, ...partitions],
  });
  return await look(viewsOf(disk, partitions, work.path).view());
};
