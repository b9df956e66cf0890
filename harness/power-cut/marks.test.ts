import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PartitionTable } from "../../images/partition-table.ts";
import { tempDir } from "../core/tmp.ts";
import { MiB } from "../core/units.ts";
import { findMarkOffset, markText, readMarks } from "./marks.ts";
import { encodeWriteLog, type Logged } from "./testing/write-log-bytes.ts";
import { openWriteLog } from "./write-log.ts";

const tableOf = (
  scheme: PartitionTable["scheme"],
  ...ranges: readonly (readonly [startByte: number, sizeBytes: number])[]
): PartitionTable => ({
  scheme,
  sectorBytes: 512,
  partitions: ranges.map(([startByte, sizeBytes], at) => ({
    ...{ index: at + 1, label: "", typeGuid: "", startByte, sizeBytes },
  })),
});

test("Marks go to the end of the largest gap, beside partitions and both tables", () => {
  const disk = 64 * MiB;
  expect(findMarkOffset(tableOf("gpt", [MiB, 62 * MiB]), disk)).toBe(MiB - 4096);
  expect(findMarkOffset(tableOf("gpt", [4 * MiB, 8 * MiB], [2 * MiB, MiB]), disk)).toBe(
    Math.floor((disk - 33 * 512) / 4096) * 4096 - 4096,
  );
  expect(findMarkOffset(tableOf("gpt", [MiB, MiB], [32 * MiB, 31 * MiB]), disk)).toBe(
    32 * MiB - 4096,
  );
});

test("The gap before an MBR's first partition is the boot code's", () => {
  expect(findMarkOffset(tableOf("mbr", [MiB, 62 * MiB]), 64 * MiB)).toBe(64 * MiB - 4096);
  expect(findMarkOffset(tableOf("mbr", [MiB, 63 * MiB]), 64 * MiB)).toBeUndefined();
});

test("A disk that is full, or has no table, has no place for them", () => {
  const full = 34 * 512;
  expect(
    findMarkOffset(tableOf("gpt", [full, 64 * MiB - full - 33 * 512]), 64 * MiB),
  ).toBeUndefined();
  expect(findMarkOffset(tableOf("none"), 64 * MiB)).toBeUndefined();
});

test("Only a block of that form at that place is a mark", async () => {
  await using work = await tempDir("marks");
  const block = (text: string): Uint8Array => {
    const bytes = Buffer.alloc(4096);
    bytes.write(text);
    return bytes;
  };
  const entries: readonly Logged[] = [
    { kind: "write", sector: 8, data: block(markText(0, "BEGIN")) },
    { kind: "write", sector: 16, data: block(markText(0, "ACK")) },
    { kind: "write", sector: 8, data: block("OSMARK:0:DONE") },
    { kind: "write", sector: 8, data: block("OSMARK:0:ACK and more") },
    { kind: "mark", text: markText(1, "ACK") },
    { kind: "write", sector: 8, data: block(markText(2, "END")) },
  ];
  const path = join(work.path, "log");
  writeFileSync(path, encodeWriteLog(entries));
  using log = openWriteLog(path);
  expect(readMarks(log, 4096)).toEqual([
    { name: "BEGIN", step: 0, index: 0 },
    { name: "ACK", step: 1, index: 4 },
    { name: "END", step: 2, index: 5 },
  ]);
});
