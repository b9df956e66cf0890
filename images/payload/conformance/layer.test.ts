import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../../../harness/core/exec.ts";
import { tempDir } from "../../../harness/core/tmp.ts";
import { type LayerEntry, packEntries } from "./layer.ts";

const entriesIn = (directory: string): readonly LayerEntry[] => {
  const program = join(directory, "program");
  writeFileSync(program, "#!/bin/sh\n");
  chmodSync(program, 0o700);
  return [
    { kind: "file", path: "bin/su", copyOf: program, mode: 0o4755 },
    { kind: "hard-link", path: "bin/as", to: "bin/su" },
    { kind: "directory", path: "tmp", mode: 0o1777 },
    { kind: "text", path: "etc/passwd", text: "root:x:0:0::/:/bin/sh\n" },
  ];
};

const packedUnder = async (umask: number): Promise<{ listing: string; bytes: Buffer }> => {
  await using dir = await tempDir();
  const entries = entriesIn(dir.path);
  const tar = join(dir.path, "layer.tar");
  const before = process.umask(umask);
  try {
    await packEntries(entries, tar);
  } finally {
    process.umask(before);
  }
  const { stdout } = await exec("tar", ["--list", "--verbose", "--numeric-owner", "--file", tar]);
  return { listing: stdout, bytes: readFileSync(tar) };
};

test("a layer has modes, hard links and times as they were asked for, and all belongs to root", async () => {
  const { listing } = await packedUnder(0o022);
  expect(listing.split("\n").map((line) => line.replaceAll(/ +/g, " "))).toEqual([
    "drwxr-xr-x 0/0 0 2025-01-01 00:00 bin/",
    "-rwsr-xr-x 0/0 10 2025-01-01 00:00 bin/as",
    "hrwsr-xr-x 0/0 0 2025-01-01 00:00 bin/su link to bin/as",
    "drwxr-xr-x 0/0 0 2025-01-01 00:00 etc/",
    "-rw-r--r-- 0/0 22 2025-01-01 00:00 etc/passwd",
    "drwxrwxrwt 0/0 0 2025-01-01 00:00 tmp/",
  ]);
});

test("a layer has the same bytes whatever the builder's umask is", async () => {
  const { bytes } = await packedUnder(0o022);
  expect((await packedUnder(0o077)).bytes.equals(bytes)).toBe(true);
});
