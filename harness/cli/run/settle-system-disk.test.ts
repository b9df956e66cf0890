import { expect, test } from "vitest";
import type { IdentifiedDisk, SystemIdentity } from "../../inspect/identify-systems.ts";
import { settleSystemDisk } from "./settle-system-disk.ts";

const root = (partition: number, more: Partial<SystemIdentity> = {}): SystemIdentity => ({
  partition,
  isDeployment: false,
  osRelease: {},
  has: () => false,
  ...more,
});
const settle = (
  systems: readonly SystemIdentity[],
  { partitions = [], unread = [] }: Partial<IdentifiedDisk> = {},
) => {
  const systemDisk = { readOnly: true, rootPartition: "detect" } as const;
  const disk: IdentifiedDisk = { systems, partitions, unread };
  try {
    return settleSystemDisk({ name: "mine", systemDisk }, disk);
  } catch (error) {
    return String(error);
  }
};

test("the one root is taken, and a deployment before plain roots", () => {
  expect([settle([root(3)]), settle([root(1), root(4, { isDeployment: true }), root(2)])]).toEqual([
    { readOnly: true, rootPartition: { number: 3 } },
    { readOnly: true, rootPartition: { number: 4 } },
  ]);
});

test("none, several, or one that no partition holds, is told; however many there are", () => {
  const many = Array.from({ length: 100 }, (_, n) => root(n + 1));
  const partitions = many.map(({ partition }, n) => ({
    index: partition,
    label: `\u001b[2J${n}`,
    overlayUppers: [],
  }));
  const unread = Array.from(
    { length: 100 },
    (_, n) => `partition ${n + 1} (xfs): ${"x".repeat(500)}`,
  );
  expect([settle([]), settle([root(0)]), settle(many, { partitions })]).toMatchInlineSnapshot(`
    [
      "ImageError: Expected one partition with the root of an operating system in mine, but found none",
      "ImageError: Expected one partition with the root of an operating system in mine, but its disk has no partitions",
      "ImageError: Expected one partition with the root of an operating system in mine, but found 100: partitions 1 (\\x1b[2J0), 2 (\\x1b[2J1), 3 (\\x1b[2J2), 4 (\\x1b[2J3), 5 (\\x1b[2J4), 6 (\\x1b[2J5), 7 (\\x1b[2J6), 8 (\\x1b[2J7)",
    ]
  `);
  expect(String(settle([], { unread })).length).toBeLessThan(2500);
});

test("what the manifest states is left alone, whatever is on the disk", () => {
  const disk: IdentifiedDisk = { systems: [], partitions: [], unread: [] };
  const stated = { readOnly: false, rootPartition: { label: "root" } };
  expect([
    settleSystemDisk({ name: "mine", systemDisk: stated }, disk),
    settleSystemDisk({ name: "mine", systemDisk: "none" }, disk),
  ]).toEqual([stated, "none"]);
});
