import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { foreignPid, writeForeignMark } from "../../core/testing/foreign-mark.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { listCache } from "./list-cache.ts";
import { pruneCache } from "./prune-cache.ts";

/** No process has an id that is over the kernel's limit of 2^22. */
const dead = 9_999_999;
const current = new Set([
  "images/reference/new",
  "images/reference+root-rw/new",
  "agent/new",
  "agent-disk/new.ext4",
  "compiled/v24-new",
]);
const files = [
  "images/reference/new/disk.raw",
  "images/reference/old/disk.raw",
  `images/reference/.next-0abc-${dead}/disk.raw`,
  `images/reference/bw-build-${dead}-Xy12/root.tar`,
  `images/reference/bw-build-${process.pid}-Xy12/root.tar`,
  "images/no-longer-there/old/disk.raw",
  `images/.trash-${dead}-0/disk.raw`,
  "agent/new/agent",
  `agent/new/agent.${dead}`,
  "agent/old/agent",
  "agent-disk/new.ext4",
  "agent-disk/old.ext4",
  `agent-disk/new.ext4.${dead}`,
  "compiled/v24-new/code",
  "compiled/v22-old/code",
  `run/bw-${dead}-Xy12/01/system.qcow2`,
  `run/bw-${process.pid}-Xy12/01/system.qcow2`,
  "tools/0abc/bin/qemu-system-x86_64",
  "accelerator-auto.json",
];

const madeCache = async (): Promise<TempDir> => {
  const dir = await tempDir();
  for (const file of files) {
    mkdirSync(dirname(join(dir.path, file)), { recursive: true });
    writeFileSync(join(dir.path, file), "x".repeat(5000));
  }
  return dir;
};

const filesIn = (path: string): readonly string[] =>
  files.filter((file) => existsSync(join(path, file)));

const brief = (path: string): readonly string[] =>
  listCache(path, current).map(({ state, path: entry, usedBy }) =>
    usedBy === undefined ? `${state} ${entry}` : `${state} ${entry} by ${usedBy}`,
  );

test("each thing is listed once, with its state", async () => {
  await using cache = await madeCache();
  expect(
    brief(cache.path).map((line) => line.replaceAll(String(process.pid), "PID")),
  ).toMatchInlineSnapshot(`
    [
      "kept accelerator-auto.json",
      "current agent-disk/new.ext4",
      "leftover agent-disk/new.ext4.9999999",
      "stale agent-disk/old.ext4",
      "current agent/new/agent",
      "leftover agent/new/agent.9999999",
      "stale agent/old",
      "stale compiled/v22-old",
      "current compiled/v24-new",
      "leftover images/.trash-9999999-0",
      "stale images/no-longer-there/old",
      "leftover images/reference/.next-0abc-9999999",
      "kept images/reference/bw-build-PID-Xy12 by PID",
      "leftover images/reference/bw-build-9999999-Xy12",
      "current images/reference/new",
      "stale images/reference/old",
      "kept run/bw-PID-Xy12 by PID",
      "leftover run/bw-9999999-Xy12",
      "kept tools",
    ]
  `);
  for (const { sizeBytes } of listCache(cache.path, current))
    expect(sizeBytes).toBeGreaterThanOrEqual(5000);
  expect(listCache(join(cache.path, "absent"), current)).toEqual([]);
});

test("what today's recipes would use stays, with the tools and the work of live processes", async () => {
  await using cache = await madeCache();
  const gone = pruneCache(cache.path, current);
  expect(filesIn(cache.path)).toEqual([
    "images/reference/new/disk.raw",
    `images/reference/bw-build-${process.pid}-Xy12/root.tar`,
    "agent/new/agent",
    "agent-disk/new.ext4",
    "compiled/v24-new/code",
    `run/bw-${process.pid}-Xy12/01/system.qcow2`,
    "tools/0abc/bin/qemu-system-x86_64",
    "accelerator-auto.json",
  ]);
  expect(gone.length).toBe(files.length - 8);
  expect(readdirSync(join(cache.path, "images")).toSorted()).toEqual([".pruning", "reference"]);
  expect(pruneCache(cache.path, current)).toEqual([]);
});

test("without anything current all that was built goes, and nothing else", async () => {
  await using cache = await madeCache();
  pruneCache(cache.path, new Set());
  expect(filesIn(cache.path)).toEqual([
    `images/reference/bw-build-${process.pid}-Xy12/root.tar`,
    `run/bw-${process.pid}-Xy12/01/system.qcow2`,
    "tools/0abc/bin/qemu-system-x86_64",
    "accelerator-auto.json",
  ]);
});

test("an entry that a live process marked or has open stays, and so does a build beside it", async () => {
  await using cache = await madeCache();
  const images = join(cache.path, "images");
  writeForeignMark(join(images, ".in-use"), "reference/old\n");
  writeForeignMark(join(cache.path, "agent-disk", ".in-use"), "new.ext4\n");
  writeForeignMark(join(cache.path, ".in-use"), `run/bw-${dead}\n`);
  const open = openSync(join(images, "no-longer-there/old/disk.raw"), "r");
  pruneCache(cache.path, new Set());
  closeSync(open);
  expect(filesIn(cache.path)).toEqual([
    "images/reference/old/disk.raw",
    `images/reference/.next-0abc-${dead}/disk.raw`,
    `images/reference/bw-build-${dead}-Xy12/root.tar`,
    `images/reference/bw-build-${process.pid}-Xy12/root.tar`,
    "images/no-longer-there/old/disk.raw",
    "agent-disk/new.ext4",
    `agent-disk/new.ext4.${dead}`,
    `run/bw-${dead}-Xy12/01/system.qcow2`,
    `run/bw-${process.pid}-Xy12/01/system.qcow2`,
    "tools/0abc/bin/qemu-system-x86_64",
    "accelerator-auto.json",
  ]);
  expect(brief(cache.path)).toContain(`stale images/reference/old by ${foreignPid}`);
});

test("a process keeps what it uses until it is killed", async () => {
  await using cache = await madeCache();
  const module = join(import.meta.dirname, "../../core/cache-use.ts");
  const script = `const { useCacheEntry } = await import(${JSON.stringify(module)});
    await useCacheEntry(${JSON.stringify(join(cache.path, "images"))}, "reference/old");
    process.stdout.write("marked"); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(child.stdout, "data");
  const old = join(cache.path, "images/reference/old");
  pruneCache(cache.path, current);
  expect(existsSync(old)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  pruneCache(cache.path, current);
  expect(existsSync(old)).toBe(false);
});

test("links are not followed out of the cache", async () => {
  await using cache = await madeCache();
  await using other = await madeCache();
  await using linked = await tempDir();
  symlinkSync(join(other.path, "images"), join(linked.path, "images"));
  mkdirSync(join(linked.path, "agent"));
  symlinkSync(join(cache.path, "agent/old"), join(linked.path, "agent/old"));
  expect(listCache(linked.path, current).map(({ state, path }) => `${state} ${path}`)).toEqual([
    "stale agent/old",
    "kept images",
  ]);
  pruneCache(linked.path, new Set());
  expect([readdirSync(linked.path).toSorted(), readdirSync(join(linked.path, "agent"))]).toEqual([
    [".pruning", "agent", "images"],
    [".pruning"],
  ]);
  expect(filesIn(other.path)).toEqual(files);
  expect(readFileSync(join(cache.path, "agent/old/agent"), "utf8").length).toBe(5000);
});
