import {
  appendFileSync,
  existsSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entriesInUse, holdUsers, useCacheEntry } from "./cache-use.ts";
import { processName } from "./process-name.ts";
import { foreigner, writeForeignMark } from "./testing/foreign-mark.ts";
import { tempDir } from "./tmp.ts";

const self = `process ${process.pid}`;

test("entries are in use by the processes that said so", async () => {
  await using dir = await tempDir();
  const store = join(dir.path, "images");
  await useCacheEntry(store, "reference/1");
  appendFileSync(join(store, ".in-use", processName()), "of another thread/5\n");
  await useCacheEntry(store, "probe/2");
  writeForeignMark(join(store, ".in-use"), "traditional/3\n");
  writeFileSync(join(store, ".in-use", "notes.txt"), "other/4\n");
  expect(entriesInUse(store)).toEqual(
    new Map([
      ["reference/1", self],
      ["of another thread/5", self],
      ["probe/2", self],
      ["traditional/3", foreigner],
    ]),
  );
});

test("a mark that was removed in the middle of a run comes back whole", async () => {
  await using dir = await tempDir();
  const store = join(dir.path, "images");
  await useCacheEntry(store, "reference/1");
  rmSync(store, { recursive: true });
  await useCacheEntry(store, "probe/2");
  expect([...entriesInUse(store).keys()]).toEqual(["reference/1", "probe/2"]);
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

test("one prune at a time; one that refused holds nobody off, one that is over leaves no mark", async () => {
  await using dir = await tempDir();
  const [first, second] = [join(dir.path, "first"), join(dir.path, "second")];
  const other = writeForeignMark(join(second, ".pruning"), "");
  expect(() => holdUsers([first, second])).toThrow(
    `A prune by ${foreigner} is at work, as its mark ${other} says`,
  );
  {
    using hold = holdUsers([first]);
    expect([hold.isOver(), readdirSync(join(first, ".pruning"))]).toEqual([false, [processName()]]);
  }
  expect(readdirSync(join(first, ".pruning"))).toEqual([]);
});

test("the mark of a prune that is long over counts for nothing", async () => {
  await using dir = await tempDir();
  const old = writeForeignMark(join(dir.path, ".pruning"), "");
  const minuteAgo = Date.now() / 1000 - 60;
  utimesSync(old, minuteAgo, minuteAgo);
  await useCacheEntry(dir.path, "reference/1");
  using _hold = holdUsers([dir.path]);
});

test("marks of processes that ended go with the next prune", async () => {
  await using dir = await tempDir();
  const dead = join(dir.path, ".in-use", processName().replace(/^\d+/, "9999999"));
  await useCacheEntry(dir.path, "reference/1");
  writeFileSync(dead, "reference/2\n");
  expect([...entriesInUse(dir.path).keys()]).toEqual(["reference/1"]);
  using _hold = holdUsers([dir.path]);
  expect(existsSync(dead)).toBe(false);
});

test("a store that cannot be written is told by its own name", async () => {
  await using dir = await tempDir();
  const file = join(dir.path, "file");
  writeFileSync(file, "");
  await expect(useCacheEntry(file, "reference/1")).rejects.toThrow(
    `Directory ${join(file, ".in-use")} cannot be written`,
  );
});
