import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { tempDir } from "../../core/tmp.ts";
import { MiB } from "../../core/units.ts";
import { makeLabelledDisk } from "../testing/labelled-disk.ts";
import { readTable, type TableFacts, type TableRule, tableProblems } from "./partition-table.ts";

const content = Buffer.alloc(MiB);
const diskOf = async (...labels: readonly string[]): Promise<Buffer> => {
  await using work = await tempDir("table");
  const path = join(work.path, "disk.raw");
  await makeLabelledDisk(
    path,
    labels.map((label) => ({ label, content })),
  );
  return readFileSync(path);
};

let shippedDisk: Buffer;
let relabelled: Buffer;
let shipped: TableFacts;
beforeAll(async () => {
  shippedDisk = await diskOf("esp", "root_1", "_empty");
  relabelled = await diskOf("esp", "root_1", "root_2");
  shipped = tableOf(shippedDisk);
});

const viewOf = (disk: Buffer) => ({
  sizeBytes: disk.length,
  read: (offset: number, length: number) => Buffer.from(disk.subarray(offset, offset + length)),
});
const tableOf = (disk: Buffer): TableFacts => readTable(viewOf(disk)) ?? { disk: "", entries: [] };
const problemsOf = (disk: Buffer, rule: Omit<TableRule, "shipped"> = {}) =>
  tableProblems(viewOf(disk), { shipped, ...rule });
const damaged = (disk: Buffer, ...offsets: readonly number[]): Buffer => {
  const result = Buffer.from(disk);
  for (const offset of offsets) result.writeUInt8(result.readUInt8(offset) ^ 0xff, offset);
  return result;
};
const firstEntries = 2 * 512;
const secondHeader = (disk: Buffer): number => disk.length - 512;

test("The shipped table is right, and so is it with one damaged copy", () => {
  expect(shipped.entries.map(({ number, label }) => [number, label])).toEqual([
    ...[
      [1, "esp"],
      [2, "root_1"],
      [3, "_empty"],
    ],
  ]);
  expect(problemsOf(shippedDisk)).toEqual([]);
  expect(problemsOf(damaged(shippedDisk, firstEntries))).toEqual([]);
  expect(problemsOf(damaged(shippedDisk, secondHeader(shippedDisk)))).toEqual([]);
});

test("Two damaged copies are none", () => {
  const disk = damaged(shippedDisk, firstEntries, secondHeader(shippedDisk));
  expect(problemsOf(disk)).toEqual(["neither copy of the partition table is sound"]);
});

test("Another label is wrong but for a slot that an updater labels", () => {
  const [first, second] = ["first", "second"].map(
    (name) => `the ${name} copy of the partition table is not the shipped one`,
  );
  expect(problemsOf(relabelled)).toEqual([first, second]);
  expect(problemsOf(relabelled, { slots: [3] })).toEqual([]);
  expect(problemsOf(relabelled, { slots: [2] })).toEqual([first, second]);
});

test("A first copy of one table and a second of another are both looked at", () => {
  const disk = Buffer.concat([relabelled.subarray(0, MiB), shippedDisk.subarray(MiB)]);
  expect(problemsOf(disk)).toEqual([
    "the first copy of the partition table is not the shipped one",
  ]);
  expect(tableOf(disk).entries.at(-1)?.label).toBe("root_2");
});
