import { describe, expect, test } from "vitest";
import { compareBootEntries, parseBootEntry } from "./boot-entries.ts";
import { compareVersions } from "./compare-versions.ts";

describe("the order of versions", () => {
  // By the rules of UAPI.10, oldest first.
  const ordered = [
    "122.1~rc",
    "122.1",
    "123~rc1-1",
    "123",
    "123-a",
    "123-a.1",
    "123-1",
    "123^patch1",
    "123.1",
    "124-1",
  ];

  test("of releases, their candidates and their patches is the specification's", () => {
    expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered);
  });

  test("is that of numbers, not of digits", () => {
    expect(compareVersions("10", "9")).toBeGreaterThan(0);
    expect(compareVersions("0010", "10")).toBe(0);
    expect(compareVersions("a", "1")).toBeLessThan(0);
  });
});

const entry = (name: string, ...lines: readonly string[]) => parseBootEntry(name, lines.join("\n"));
const node = (version: string) => ["sort-key node", `version ${version}`, "linux /vmlinuz"];

test("Counters stand in the name of the file and not in the entry's", () => {
  expect(
    entry(
      "os_2+3-0.conf",
      "title Two",
      "linux /os/vmlinuz_2",
      "initrd /a",
      "initrd /b",
      "# x",
      "options a b",
      "options c",
    ),
  ).toEqual({
    ...{ id: "os_2.conf", triesLeft: 3, triesDone: 0, sortKey: undefined, machineId: undefined },
    ...{ version: undefined, linux: "/os/vmlinuz_2", initrd: ["/a", "/b"], options: "a b c" },
  });
  expect(entry("os_2+1.conf")).toMatchObject({ id: "os_2.conf", triesLeft: 1, triesDone: 0 });
  expect(entry("os_2.conf")).toMatchObject({ id: "os_2.conf", triesLeft: undefined });
});

test("The newest version is first, and one without tries is last", () => {
  const entries = [
    entry("a.conf", "linux /old"),
    entry("os_3+0-3.conf", ...node("3")),
    entry("os_1.conf", ...node("1")),
    entry("os_2+2-1.conf", ...node("2")),
    entry("os_10.conf", ...node("10")),
  ];
  expect(entries.toSorted(compareBootEntries).map(({ id }) => id)).toEqual([
    ...["os_10.conf", "os_2.conf", "os_1.conf", "a.conf", "os_3.conf"],
  ]);
});

test("A file of 0 bytes is an entry without anything to start", () => {
  expect(entry("os_2.conf")).toMatchObject({ linux: undefined, initrd: [] });
});
