import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openHeaders } from "../../../images/header-reader.ts";
import { openExt4Volume } from "../../inspect/ext4/ext4-volume.ts";
import { openFiles } from "../../inspect/ext4/file-contents.ts";
import { walkTree } from "../../inspect/ext4/walk-tree.ts";
import { wholeBytes } from "../../inspect/file-bytes.ts";
import { resolvePath } from "../../inspect/resolve-path.ts";
import { type Ext4Image, makeExt4Image, type Planted } from "../../inspect/testing/ext4-image.ts";
import { entriesBelow } from "../../inspect/tree.ts";
import { openDirectVolume } from "./direct-volume.ts";

const planted: Readonly<Record<string, Planted>> = {
  "boot/loader": { link: "loader.1" },
  "boot/loader.1/syslinux.cfg": "DEFAULT one\n",
  "boot/far": { link: `/${"deep/".repeat(30)}end` },
  "data/large": Buffer.alloc(1_500_000, "abcdefg"),
  "data/empty": "",
  "run/it": { content: "x", mode: 0o755 },
  ...Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`many/file-${index}`, `number ${index}`]),
  ),
};

const openDirect = ({ path }: Ext4Image) => {
  const bytes = readFileSync(path);
  return openDirectVolume((offset, length) => bytes.subarray(offset, offset + length));
};

test.each([
  ["of 1 KiB blocks", ["-t", "ext4", "-b", "1024"]],
  ["of 4 KiB blocks", ["-t", "ext4", "-b", "4096"]],
  ["without 64bit and checksums", ["-t", "ext4", "-O", "^64bit,^metadata_csum"]],
])("A file system %s reads as debugfs reads it", async (_, mke2fsArgs) => {
  await using image = await makeExt4Image(planted, mke2fsArgs);
  using disk = openHeaders(image.path);
  const asked = openExt4Volume(disk, { startByte: 0, sizeBytes: disk.sizeBytes }, image.workDir);
  const { root } = await walkTree(asked);
  const direct = openDirect(image);
  const listed = entriesBelow(root).filter(({ node }) => node.kind === "file");
  const contents = await openFiles(
    asked,
    listed.map(({ node }) => node),
  );
  const facts = (of: typeof root) =>
    entriesBelow(of).map(({ path, node: { kind, inode, mode, uid, gid, sizeBytes } }) =>
      // A directory's size is that of its blocks in one reader and not told by the other.
      ({ path, kind, inode, mode, uid, gid, sizeBytes: kind === "directory" ? 0 : sizeBytes }),
    );
  expect(facts(direct.root)).toEqual(facts(root));
  for (const { path, node } of listed) {
    const expected = contents.get(node.inode);
    const seen = direct.open(node.inode);
    expect(seen && wholeBytes(seen), path).toEqual(expected && wholeBytes(expected));
  }
  expect(direct.problems).toEqual([]);
});

test("Links lead where a loader follows them", async () => {
  await using image = await makeExt4Image(planted);
  const { root } = openDirect(image);
  expect(resolvePath(root, "/boot/loader/syslinux.cfg")).toMatchObject({
    kind: "found",
    path: "/boot/loader.1/syslinux.cfg",
  });
  expect(resolvePath(root, "/boot/far")).toMatchObject({ kind: "absent", path: "/deep" });
});

test("A directory with a senseless length has no entries and is a problem", async () => {
  await using image = await makeExt4Image({ "a/b": "c" }, ["-t", "ext4", "-b", "1024"]);
  const bytes = readFileSync(image.path);
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const { root } = openDirectVolume(read);
  const { node } = entriesBelow(root).find(({ path }) => path === "/a") ?? { node: root };
  const [run] = openDirectVolume(read).runsOf(node.inode) ?? [];
  bytes.writeUInt16LE(3, (run?.volumeBlock ?? 0) * 1024 + 4);
  const damaged = openDirectVolume(read);
  expect(resolvePath(damaged.root, "/a/b")).toMatchObject({ kind: "absent" });
  expect(damaged.problems).toEqual([`directory ${node.inode} makes no sense`]);
});

test.each([
  ["zeroes", Buffer.alloc(4096), /no magic/],
  ["nothing", Buffer.alloc(0), /no magic/],
])("%s are no file system", (_, bytes, message) => {
  expect(() =>
    openDirectVolume((offset, length) => bytes.subarray(offset, offset + length)),
  ).toThrow(message);
});
