import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { processName } from "../../core/process-name.ts";
import { removeTree } from "../../core/remove-tree.ts";
import { bindMount } from "../../core/testing/bind-mount.ts";
import { writeForeignMark } from "../../core/testing/foreign-mark.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import type { CacheEntry } from "./cache-entry.ts";
import { listCache } from "./list-cache.ts";
import { pruneCache } from "./prune-cache.ts";

const dead = processName().replace(/^\d+/, "9999999");
const live = processName();
const agentKey = "a".repeat(64);
const current = new Set([
  "images/reference/000000000000000a",
  "images/reference+root-rw/000000000000000a",
  `agent/${agentKey}`,
  "agent-disk/000000000000000a.ext4",
  "payload/kubelet/000000000000000a",
  "compiled/v24.21.0-x64-03838a85-0",
]);
const files = [
  "images/reference/000000000000000a/disk.raw",
  "images/reference/000000000000000b/disk.raw",
  `images/reference/bw-build-${dead}-7-Xy12/root.tar`,
  `images/reference/bw-build-${live}-7-Xy12/root.tar`,
  "images/reference/000000000000000b.mine/disk.raw",
  "images/reference/notes.txt",
  "images/notes.txt",
  "images/no-longer-there/000000000000000c/disk.raw",
  `images/.trash-${dead}-Xy12/entry/disk.raw`,
  "payload/kubelet/000000000000000a/kubelet",
  "payload/kubelet/000000000000000b/kubelet",
  `payload/kubelet/bw-build-${dead}-7-Xy12/built/kubelet`,
  "payload/mine/notes.txt",
  `agent/${agentKey}/agent`,
  `agent/${"b".repeat(64)}/agent`,
  `agent/bw-build-${dead}-7-Xy12/agent`,
  "agent/mine/agent",
  "agent-disk/000000000000000a.ext4",
  "agent-disk/000000000000000b.ext4",
  "compiled/v24.21.0-x64-03838a85-0/code",
  "compiled/v22.1.0-x64-03838a85-0/code",
  `run/bw-${dead}-7-Xy12/01/system.qcow2`,
  `run/bw-${live}-7-Xy12/01/system.qcow2`,
  "run/mine/01/system.qcow2",
  "tools/0abc/bin/qemu-system-x86_64",
  "accelerator-auto.json",
];
/** What no prune ever removes. */
const lasting = files.filter(
  (file) => /notes|mine|tools|accelerator/.test(file) || file.includes(live),
);

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

const brief = (entries: readonly CacheEntry[]): readonly string[] =>
  entries.map(({ state, path, because }) =>
    [state, path, ...(because === undefined ? [] : [`(${because})`])]
      .join(" ")
      .replaceAll(live, "LIVE")
      .replaceAll(dead, "DEAD")
      .replaceAll(String(process.pid), "PID")
      .replaceAll(/([ab])\1{63}/g, "$1*64"),
  );

test("each thing is listed once, with its state", async () => {
  await using cache = await madeCache();
  const listed = listCache(cache.path, current);
  expect(brief(listed)).toMatchInlineSnapshot(`
    [
      "kept accelerator-auto.json",
      "current agent-disk/000000000000000a.ext4",
      "stale agent-disk/000000000000000b.ext4",
      "current agent/a*64",
      "stale agent/b*64",
      "leftover agent/bw-build-DEAD-7-Xy12",
      "kept agent/mine",
      "stale compiled/v22.1.0-x64-03838a85-0",
      "current compiled/v24.21.0-x64-03838a85-0",
      "leftover images/.trash-DEAD-Xy12",
      "stale images/no-longer-there/000000000000000c",
      "kept images/notes.txt",
      "current images/reference/000000000000000a",
      "stale images/reference/000000000000000b",
      "kept images/reference/000000000000000b.mine",
      "leftover images/reference/bw-build-LIVE-7-Xy12 (used by process PID)",
      "leftover images/reference/bw-build-DEAD-7-Xy12",
      "kept images/reference/notes.txt",
      "current payload/kubelet/000000000000000a",
      "stale payload/kubelet/000000000000000b",
      "leftover payload/kubelet/bw-build-DEAD-7-Xy12",
      "kept payload/mine/notes.txt",
      "leftover run/bw-LIVE-7-Xy12 (used by process PID)",
      "leftover run/bw-DEAD-7-Xy12",
      "kept run/mine",
      "kept tools",
    ]
  `);
  for (const { sizeBytes } of listed) expect(sizeBytes).toBeGreaterThanOrEqual(5000);
  expect(listCache(join(cache.path, "absent"), current)).toEqual([]);
});

test("what today's recipes would use stays, and so does what we do not make", async () => {
  await using cache = await madeCache();
  const { gone, stayed, failures } = await pruneCache(cache.path, current);
  expect(brief(gone)).toMatchInlineSnapshot(`
    [
      "stale agent-disk/000000000000000b.ext4",
      "stale agent/b*64",
      "leftover agent/bw-build-DEAD-7-Xy12",
      "stale compiled/v22.1.0-x64-03838a85-0",
      "leftover images/.trash-DEAD-Xy12",
      "stale images/no-longer-there/000000000000000c",
      "stale images/reference/000000000000000b",
      "leftover images/reference/bw-build-DEAD-7-Xy12",
      "stale payload/kubelet/000000000000000b",
      "leftover payload/kubelet/bw-build-DEAD-7-Xy12",
      "leftover run/bw-DEAD-7-Xy12",
    ]
  `);
  expect([brief(stayed), failures]).toEqual([
    [
      "leftover images/reference/bw-build-LIVE-7-Xy12 (used by process PID)",
      "leftover run/bw-LIVE-7-Xy12 (used by process PID)",
    ],
    [],
  ]);
  expect(filesIn(cache.path)).toEqual(
    files.filter(
      (file) => lasting.includes(file) || [...current].some((path) => file.startsWith(path)),
    ),
  );
  expect((await pruneCache(cache.path, current)).gone).toEqual([]);
  expect(readdirSync(join(cache.path, "images")).toSorted()).toEqual([
    ".pruning",
    "no-longer-there",
    "notes.txt",
    "reference",
  ]);
});

test("without anything current all that was built goes, and nothing else", async () => {
  await using cache = await madeCache();
  await pruneCache(cache.path, new Set());
  expect(filesIn(cache.path)).toEqual(lasting);
});

test("an entry that a live process marked or has open by whatever path stays", async () => {
  await using cache = await madeCache();
  await using elsewhere = await tempDir();
  const images = join(cache.path, "images");
  writeForeignMark(join(images, ".in-use"), "reference/000000000000000b\n");
  writeForeignMark(join(cache.path, "agent-disk", ".in-use"), "000000000000000a.ext4\n");
  const link = join(elsewhere.path, "link");
  linkSync(join(images, "no-longer-there/000000000000000c/disk.raw"), link);
  const open = openSync(link, "r");
  const { stayed } = await pruneCache(cache.path, new Set());
  closeSync(open);
  expect(brief(stayed)).toMatchInlineSnapshot(`
    [
      "stale agent-disk/000000000000000a.ext4 (used by process 7 in another container (web))",
      "stale images/no-longer-there/000000000000000c (used by process PID)",
      "stale images/reference/000000000000000b (used by process 7 in another container (web))",
      "leftover images/reference/bw-build-LIVE-7-Xy12 (used by process PID)",
      "leftover run/bw-LIVE-7-Xy12 (used by process PID)",
    ]
  `);
  expect(filesIn(cache.path)).toEqual(
    files.filter(
      (file) =>
        lasting.includes(file) ||
        /^images\/.*\/000000000000000[bc]\/|^agent-disk\/000000000000000a/.test(file),
    ),
  );
});

test("a process keeps what it uses until it is killed", async () => {
  await using cache = await madeCache();
  const module = join(import.meta.dirname, "../../core/cache-use.ts");
  const script = `const { useCacheEntry } = await import(${JSON.stringify(module)});
    await useCacheEntry(${JSON.stringify(join(cache.path, "images"))}, "reference/000000000000000b");
    process.stdout.write("marked"); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(child.stdout, "data");
  const old = join(cache.path, "images/reference/000000000000000b");
  await pruneCache(cache.path, current);
  expect(existsSync(old)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  await pruneCache(cache.path, current);
  expect(existsSync(old)).toBe(false);
});

test("links stay, and what they lead to", async () => {
  await using cache = await madeCache();
  await using other = await madeCache();
  await using linked = await tempDir();
  symlinkSync(join(other.path, "images"), join(linked.path, "images"));
  mkdirSync(join(linked.path, "agent"));
  symlinkSync(join(cache.path, "agent", agentKey), join(linked.path, "agent", agentKey));
  expect(brief(listCache(linked.path, new Set()))).toEqual(["kept agent/a*64", "kept images"]);
  expect(await pruneCache(linked.path, new Set())).toEqual({ gone: [], stayed: [], failures: [] });
  expect(readdirSync(join(linked.path, "agent"))).toEqual([agentKey]);
  expect([filesIn(cache.path), filesIn(other.path)]).toEqual([files, files]);
});

test("what is mounted below an entry is not emptied, and the entry stays", async ({ skip }) => {
  await using cache = await madeCache();
  await using outside = await tempDir();
  writeFileSync(join(outside.path, "precious.txt"), "");
  const place = join(cache.path, "images/reference/000000000000000b/a place");
  using bind = bindMount(outside.path, place);
  if (bind === undefined) return skip("this user may not mount");
  const { stayed } = await pruneCache(cache.path, current);
  expect(stayed.find(({ state }) => state === "stale")).toMatchObject({
    path: "images/reference/000000000000000b",
    because: `${place} is a mount`,
  });
  await expect(removeTree(dirname(place))).rejects.toThrow(`${place} is a mount`);
  expect(readdirSync(outside.path)).toEqual(["precious.txt"]);
});

test("each entry that cannot be removed is told, and the others go", async ({ skip }) => {
  await using cache = await madeCache();
  const compiled = join(cache.path, "compiled");
  using bind = bindMount(compiled, compiled);
  if (bind === undefined) return skip("this user may not mount");
  spawnSync("mount", ["-o", "remount,bind,ro", compiled]);
  const { gone, failures } = await pruneCache(cache.path, new Set());
  expect(failures).toEqual([
    expect.stringMatching(/^compiled\/v22.1.0-x64-03838a85-0: EROFS: read-only file system/),
    expect.stringMatching(/^compiled\/v24.21.0-x64-03838a85-0: EROFS: read-only file system/),
  ]);
  expect(gone.length).toBe(files.length - lasting.length - 2);
});
