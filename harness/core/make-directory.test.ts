import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeDirectory } from "./make-directory.ts";
import { tempDir } from "./tmp.ts";

test("makes parents, and accepts what is there", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "a", "b", "c");
  makeDirectory(path);
  makeDirectory(path);
  expect(existsSync(path)).toBe(true);
});

test("tells of a file in the way, and of a place where no directory can be", async () => {
  await using dir = await tempDir();
  writeFileSync(join(dir.path, "file"), "");
  expect(() => makeDirectory(join(dir.path, "file"))).toThrow(/EEXIST/);
  expect(() => makeDirectory(join(dir.path, "file", "below"))).toThrow(/ENOTDIR/);
  expect(() => makeDirectory("/proc/bootwright/run")).toThrow(/ENOENT|EACCES|EPERM/);
});
