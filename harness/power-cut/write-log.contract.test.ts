// QEMU's own filter writes the log and QEMU's own disk is what it should lead to.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../core/exec.ts";
import { tempDir } from "../core/tmp.ts";
import { toolPath } from "../core/tool.ts";
import { type LogEntry, openWriteLog, type WriteLog } from "./write-log.ts";

const KiB = 1024;

const record = async (
  directory: string,
  commands: readonly string[],
  logOptions = "",
): Promise<{ readonly disk: string; readonly log: string }> => {
  const [disk, log] = [join(directory, "disk.raw"), join(directory, "log.bin")];
  writeFileSync(disk, Buffer.alloc(256 * KiB));
  writeFileSync(log, "");
  const node = `driver=blklogwrites,file.driver=file,file.filename=${disk},file.discard=unmap,log.driver=file,log.filename=${log}${logOptions}`;
  await exec(toolPath("qemu-io"), [
    ...["--image-opts", "-d", "unmap", node],
    ...commands.flatMap((command) => ["-c", command]),
  ]);
  return { disk, log };
};

const plain = (entry: LogEntry): unknown => {
  const { index: _, ...rest } = entry;
  return "logOffset" in rest ? { ...rest, logOffset: "somewhere" } : rest;
};

const write = (startByte: number, sizeBytes: number) => ({
  kind: "write",
  ...{ startByte, sizeBytes, isFlush: false, isDurable: false, logOffset: "somewhere" },
});
/** One flush of the caller may be two in the log, and closing the disk adds some. */
const requests = (log: WriteLog): readonly unknown[] => {
  const last = log.entries.findLastIndex(({ kind }) => kind !== "flush");
  return log.entries
    .slice(0, last + 1)
    .filter(({ kind, index }) => kind !== "flush" || log.entries[index - 1]?.kind !== "flush")
    .map(plain);
};
const flush = { kind: "flush", isFlush: true };

test("The log of real requests has each of them, and its writes lead to the same disk", async () => {
  await using work = await tempDir("contract");
  const { disk, log: path } = await record(work.path, [
    "write -P 0xa1 0 4k",
    "write -f -P 0xa2 4k 512",
    "write -z 2k 1k",
    "flush",
    "discard 64k 64k",
    "write -P 0xa3 100k 8k",
  ]);
  using log = openWriteLog(path);
  expect({ entries: requests(log), end: log.end }).toEqual({
    entries: [
      write(0, 4 * KiB),
      write(4 * KiB, 512),
      flush,
      write(2 * KiB, KiB),
      flush,
      { kind: "discard", startByte: 64 * KiB, sizeBytes: 64 * KiB, isFlush: false },
      write(100 * KiB, 8 * KiB),
    ],
    end: { kind: "complete" },
  });
  const replayed = Buffer.alloc(256 * KiB);
  for (const entry of log.entries) {
    if (entry.kind === "write") log.read(entry, 0, entry.sizeBytes).copy(replayed, entry.startByte);
  }
  expect(replayed.equals(readFileSync(disk))).toBe(true);
});

test("A log of larger sectors has whole ones of them, filled up with what the disk had", async () => {
  await using work = await tempDir("contract");
  const { log: path } = await record(
    work.path,
    ["write -P 0xb1 0 4k", "write -P 0xb2 512 512"],
    ",log-sector-size=4096",
  );
  using log = openWriteLog(path);
  expect({ sectorBytes: log.sectorBytes, entries: requests(log) }).toEqual({
    sectorBytes: 4096,
    entries: [write(0, 4 * KiB), write(0, 4 * KiB)],
  });
  const [, padded] = log.entries;
  const bytes = padded?.kind === "write" ? log.read(padded, 0, 1536) : Buffer.alloc(0);
  expect([bytes[0], bytes[512], bytes[1024]]).toEqual([0xb1, 0xb2, 0xb1]);
});
