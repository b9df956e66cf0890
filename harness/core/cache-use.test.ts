import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entriesInUse, holdUsers, useCacheEntry } from "./cache-use.ts";
import { foreignPid, writeForeignMark } from "./testing/foreign-mark.ts";
import { tempDir } from "./tmp.ts";

test("entries are in use by the processes that said so", async () => {
  await using dir = await tempDir();
  const store = join(dir.path, "images");
  await useCacheEntry(store, "reference/1");
  await useCacheEntry(store, "probe/2");
  writeForeignMark(join(store, ".in-use"), "traditional/3\n");
  expect(entriesInUse(store)).toEqual(
    new Map([
      ["reference/1", process.pid],
      ["probe/2", process.pid],
      ["traditional/3", foreignPid],
    ]),
  );
});

test("a user waits until a prune is over; its entry is marked all the while", async () => {
  await using dir = await tempDir();
  const pruner = writeForeignMark(join(dir.path, ".pruning"), "");
  let isReady = false;
  const ready = useCacheEntry(dir.path, "reference/1").then(() => {
    isReady = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect([isReady, [...entriesInUse(dir.path).keys()]]).toEqual([false, ["reference/1"]]);
  rmSync(pruner);
  await ready;
});

test("one prune at a time, and one that refused holds nobody off", async () => {
  await using dir = await tempDir();
  const [first, second] = [join(dir.path, "first"), join(dir.path, "second")];
  writeForeignMark(join(second, ".pruning"), "");
  expect(() => holdUsers([first, second])).toThrow(
    `Process ${foreignPid} is pruning ${second} at this moment`,
  );
  using _held = holdUsers([first]);
});

test("a cache that cannot be written is told", async () => {
  await using dir = await tempDir();
  const file = join(dir.path, "file");
  writeFileSync(file, "");
  await expect(useCacheEntry(file, "reference/1")).rejects.toThrow(/^Cache directory .* cannot be/);
});
