import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processName } from "../core/process-name.ts";
import { smallDisk } from "../core/testing/small-disk.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { runCli } from "./testing/run-cli.ts";
import { transcript } from "./testing/transcript.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

test("an old image and a half-built one are listed, and go; an unknown file stays", async () => {
  const cache = join(dir.path, "cache");
  const stale = join(cache, "images/reference/0123456789abcdef");
  const dead = processName().replace(/^\d+/, "9999999");
  const half = join(cache, `images/reference/bw-build-${dead}-7-Xy12`);
  for (const path of [stale, half]) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "disk.raw"), "x".repeat(10_000));
  }
  writeFileSync(join(cache, "mine.txt"), "");
  const options = { env: { BOOTWRIGHT_CACHE: cache } };
  const shown = async (...args: string[]): Promise<string> => {
    const text = await transcript([["cache", ...args]], {
      ...options,
      hidden: { DIR: dir.path, DEAD: dead },
    });
    const lines = text.split("\n").filter((line) => !line.includes("  compiled/"));
    return lines.join("\n").replaceAll(/(^| +)\d[\d.]* (B|[KM]iB)/gm, " SIZE");
  };
  expect([await shown("list"), await shown("prune", "--dry-run")]).toMatchInlineSnapshot(`
    [
      "$ bootwright cache list
    stale SIZE  images/reference/0123456789abcdef
    leftover SIZE  images/reference/bw-build-DEAD-7-Xy12
    kept SIZE  mine.txt
     SIZE in DIR/cache; \`bootwright cache prune\` frees SIZE
    [exit code 0]",
      "$ bootwright cache prune --dry-run
    would go SIZE  images/reference/0123456789abcdef
    would go SIZE  images/reference/bw-build-DEAD-7-Xy12
     SIZE would be freed in DIR/cache
    [exit code 0]",
    ]
  `);
  expect(existsSync(stale)).toBe(true);
  expect([await shown("prune"), await shown("list")]).toMatchInlineSnapshot(`
    [
      "$ bootwright cache prune
    removed SIZE  images/reference/0123456789abcdef
    removed SIZE  images/reference/bw-build-DEAD-7-Xy12
     SIZE freed in DIR/cache
    [exit code 0]",
      "$ bootwright cache list
    kept SIZE  mine.txt
     SIZE in DIR/cache; \`bootwright cache prune\` frees SIZE
    [exit code 0]",
    ]
  `);
  expect([existsSync(stale), existsSync(join(cache, "mine.txt"))]).toEqual([false, true]);
});

test("an image that the disk has no room for is not begun", async ({ skip }) => {
  using disk = smallDisk(join(dir.path, "disk"), 20_000);
  if (disk === undefined) return skip("this user may not mount");
  const { exitCode, stdout, stderr } = await runCli(["images", "build", "traditional"], {
    env: { BOOTWRIGHT_CACHE: disk.path },
  });
  expect({
    exitCode,
    stdout,
    stderr: stderr.replaceAll(dir.path, "DIR").replace(/[\d.]+ MiB are/, "FREE are"),
  }).toMatchInlineSnapshot(`
    {
      "exitCode": 3,
      "stderr": "bootwright: Building image traditional needs 2.00 GiB in DIR/disk/images/traditional, where FREE are free [HOST_RESOURCE]
    bootwright:   hint: Make room, for example with \`bootwright cache prune\`, or set BOOTWRIGHT_CACHE to a directory on a larger disk
    ",
      "stdout": "",
    }
  `);
});
