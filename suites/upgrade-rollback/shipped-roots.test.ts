import { expect, test } from "vitest";
import type { SystemDisk } from "../../harness/index.ts";
import type { CycleSeen } from "./cycle-seen.ts";
import { shippedRoots } from "./shipped-roots.ts";

const tree = (text: string): ReadonlyMap<string, string> => new Map([["/usr/file", text]]);
const disk = (
  releases: Readonly<Record<string, string>>,
  slots: Readonly<Record<string, string>> = {},
): SystemDisk => ({
  usedBytes: 0,
  releases: new Map(Object.entries(releases).map(([identity, text]) => [identity, tree(text)])),
  slots: new Map(Object.entries(slots)),
});
const releases = {
  v1: { name: "v1", identity: "one", disk: "" },
  v2: { name: "v2", identity: "two", disk: "" },
} satisfies CycleSeen["releases"];

test("deployments are compared by commit; one that is not there only counts if it runs", () => {
  const shipped = { v1: disk({ one: "1" }), v2: disk({ two: "2" }) };
  const both = shippedRoots(shipped, releases, disk({ one: "1", two: "changed" }), "v2");
  expect(both).toEqual({
    isThere: true,
    files: [
      { of: "v1", wanted: tree("1"), found: tree("1") },
      { of: "v2", wanted: tree("2"), found: tree("changed") },
    ],
  });
  const alone = shippedRoots(shipped, releases, disk({ one: "1" }), "v2");
  expect(alone.isThere).toBe(false);
  expect(alone.files.map(({ of }) => of)).toEqual(["v1", "v2"]);
});

test("slots are compared by the names that the release's own disk has", () => {
  const shipped = { v1: disk({}, { root_1: "x" }), v2: disk({}, { root_2: "y" }) };
  const { files, isThere } = shippedRoots(
    shipped,
    releases,
    disk({}, { root_1: "x", root_2: "y", root_3: "z" }),
    "v1",
  );
  expect(isThere).toBe(true);
  expect(files.map(({ found }) => [...found])).toEqual([[["root_1", "x"]], [["root_2", "y"]]]);
});

test("where nothing can be read there is nothing to compare", () => {
  expect(shippedRoots({ v1: disk({}), v2: disk({}) }, releases, disk({}), "v1")).toEqual({
    isThere: false,
    files: [],
  });
});
