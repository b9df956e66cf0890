import { expect, test } from "vitest";
import type { PartitionTable } from "../../images/partition-table.ts";
import { findPartition } from "./find-partition.ts";

const tableOf = (...labels: string[]): PartitionTable => ({
  scheme: "gpt",
  sectorBytes: 512,
  partitions: labels.map((label, index) => ({
    index: index + 1,
    label,
    typeGuid: "",
    startByte: index,
    sizeBytes: 1,
  })),
});

test("a partition is found by its name or its number", () => {
  const table = tableOf("esp", "", "root");
  expect([
    findPartition(table, { label: "root" }, "x").index,
    findPartition(table, { number: 2 }, "x").label,
  ]).toEqual([3, ""]);
});

test("a name that none has, or two have, is refused with what there is", () => {
  const message = (table: PartitionTable, name: Parameters<typeof findPartition>[1]) => {
    try {
      return findPartition(table, name, "a.raw").index;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect([
    message(tableOf("esp", "", "root"), { label: "data" }),
    message(tableOf("root", "root"), { label: "root" }),
    message(tableOf("root"), { number: 5 }),
    message(tableOf(), { number: 1 }),
  ]).toMatchInlineSnapshot(`
    [
      "Expected one partition named data on the disk in a.raw, but it has these: 1 (esp), 2, 3 (root)",
      "Expected one partition named root on the disk in a.raw, but it has these: 1 (root), 2 (root)",
      "Expected one partition number 5 on the disk in a.raw, but it has these: 1 (root)",
      "Expected one partition number 1 on the disk in a.raw, but it has none",
    ]
  `);
});
