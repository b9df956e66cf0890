import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../core/exec.ts";
import { toolPath } from "../core/tool.ts";
import { resolvePath } from "../inspect/resolve-path.ts";
import { type Ext4Image, makeExt4Image } from "../inspect/testing/ext4-image.ts";
import { openDirectVolume } from "./ext4/direct-volume.ts";
import { withReplayed } from "./replay.ts";

/** A file system with a transaction in its journal that puts a new content over a file's block. */
const withPendingJournal = async (image: Ext4Image): Promise<void> => {
  const bytes = readFileSync(image.path);
  const volume = openDirectVolume((offset, length) => bytes.subarray(offset, offset + length));
  const found = resolvePath(volume.root, "/gone");
  const inode = found.kind === "found" ? found.node.inode : 0;
  const block = volume.runsOf(inode)?.[0]?.volumeBlock ?? 0;
  const content = join(image.workDir, "block");
  writeFileSync(content, Buffer.alloc(volume.blockBytes, "new content "));
  const commands = join(image.workDir, "commands");
  writeFileSync(commands, `jo\njw -b ${block} ${content}\njc\n`);
  await exec(toolPath("debugfs"), ["-w", "-f", commands, image.path]);
};

test.each([
  ["1024", 1024],
  ["4096", 4096],
])(
  "A journal of %s-byte blocks is replayed for a look, and every byte is put back",
  async (size) => {
    await using image = await makeExt4Image({ gone: "old content", kept: "k" }, [
      ...["-t", "ext4", "-b", size],
    ]);
    await withPendingJournal(image);
    const { path } = image;
    const before = readFileSync(path);
    const contentNow = () => {
      const bytes = readFileSync(path);
      const volume = openDirectVolume((offset, length) => bytes.subarray(offset, offset + length));
      const found = resolvePath(volume.root, "/gone");
      const content =
        found.kind === "found" ? volume.open(found.node.inode)?.read(0, 11) : undefined;
      return { content: content?.toString(), needsRecovery: volume.needsRecovery };
    };
    expect(contentNow()).toEqual({ content: "old content", needsRecovery: true });
    const seen = await withReplayed(path, join(image.workDir, "undo"), ({ exitCode }) => ({
      exitCode,
      ...contentNow(),
    }));
    expect(seen).toEqual({ exitCode: 0, content: "new content", needsRecovery: false });
    expect(readFileSync(path).equals(before)).toBe(true);
  },
);

test("Damage beyond what a journal leaves is told, and put back as it was", async () => {
  await using image = await makeExt4Image({ "a/b": "c" }, ["-t", "ext4", "-b", "1024"]);
  const { path } = image;
  const bytes = readFileSync(path);
  bytes.fill(0xff, 1024 * 40, 1024 * 60); // inodes and bitmaps
  writeFileSync(path, bytes);
  const exitCode = await withReplayed(path, join(image.workDir, "undo"), (found) => found.exitCode);
  expect(exitCode).toBeGreaterThanOrEqual(4);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("What is no ext4 is told as an error of the file system", async () => {
  await using image = await makeExt4Image({});
  const { path } = image;
  const bytes = readFileSync(path);
  bytes.fill(0, 0, 64 * 1024);
  writeFileSync(path, bytes);
  const exitCode = await withReplayed(path, join(image.workDir, "undo"), (found) => found.exitCode);
  expect(exitCode).toBe(8);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
