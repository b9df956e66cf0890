import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openHeaders } from "../../../images/header-reader.ts";
import { exec } from "../../core/exec.ts";
import { toolPath } from "../../core/tool.ts";
import { type Ext4Image, makeExt4Image } from "../testing/ext4-image.ts";
import { entriesBelow } from "../tree.ts";
import { openExt4Volume } from "./ext4-volume.ts";
import { openFiles } from "./file-contents.ts";
import { walkTree } from "./walk-tree.ts";

const read = async ({ path, sizeBytes, workDir }: Ext4Image) => {
  using disk = openHeaders(path);
  const volume = openExt4Volume(disk, { startByte: 0, sizeBytes }, workDir);
  const { root, problems } = await walkTree(volume);
  const entries = entriesBelow(root).filter(({ path: place }) => place !== "/lost+found");
  const files = entries.flatMap(({ node }) => (node.kind === "file" ? [node] : []));
  const contents = await openFiles(volume, files);
  const seen = entries.map(({ path: place, node }) => {
    const bytes = contents.get(node.inode);
    const text = bytes?.read(0, bytes.sizeBytes).toString("latin1");
    const what = node.kind === "link" ? `-> ${node.target}` : (text ?? node.kind);
    return [place, what.length > 60 ? what.length : what];
  });
  return { seen, problems };
};

const long = "x".repeat(200);
const files = {
  "a\nb/x": "in a directory with a line break",
  "caf\xe9": "name in latin1",
  up: { link: "../../../../etc/passwd" },
  absolute: { link: "/etc/passwd" },
  long: { link: long },
  odd: { link: 'a\nFast link dest: "b"' },
  large: "0123456789".repeat(150_000),
  empty: "",
};
const expected = [
  ["/a\nb", "directory"],
  ["/absolute", "-> /etc/passwd"],
  ["/caf\xe9", "name in latin1"],
  ["/empty", ""],
  ["/large", 1_500_000],
  ["/long", 203],
  ["/odd", '-> a\nFast link dest: "b"'],
  ["/up", "-> ../../../../etc/passwd"],
  ["/a\nb/x", "in a directory with a line break"],
];

test.each([
  ["extents", ["-t", "ext4"]],
  ["block pointers", ["-t", "ext2", "-b", "1024"]],
  ["data inside of inodes", ["-t", "ext4", "-O", "inline_data"]],
])("names, targets and contents come out whole with %s", async (_what, args) => {
  await using image = await makeExt4Image(files, args);
  expect(await read(image)).toEqual({ seen: expected, problems: [] });
});

test.each([
  ["in the inode", "256"],
  ["in a block of its own", "128"],
])("capabilities are seen %s", async (_where, inodeBytes) => {
  const executable = { content: "x", mode: 0o755 };
  const planted = { capable: executable, labelled: executable, plain: executable };
  await using image = await makeExt4Image(planted, ["-t", "ext4", "-I", inodeBytes]);
  const commands = join(image.workDir, "commands");
  // Another attribute before it, and one that has its name in another space.
  writeFileSync(
    commands,
    [
      "ea_set /capable security.selinux system_u:object_r:bin_t:s0",
      "ea_set /capable security.capability 01234567890123456789",
      "ea_set /labelled user.capability x",
      "",
    ].join("\n"),
  );
  await exec(toolPath("debugfs"), ["-w", "-f", commands, image.path]);
  using disk = openHeaders(image.path);
  const extent = { startByte: 0, sizeBytes: image.sizeBytes };
  const { root } = await walkTree(openExt4Volume(disk, extent, image.workDir));
  const capable = entriesBelow(root).filter(
    ({ node }) => node.kind === "file" && node.isCapable === true,
  );
  expect(capable.map(({ path }) => path)).toEqual(["/capable"]);
});

test("a directory that makes no sense is told, and the others are read", async () => {
  const planted = { "bad/slashed-name": "x", "bad/other": "x", "good/file": "y" };
  await using image = await makeExt4Image(planted, ["-t", "ext4", "-O", "^metadata_csum"]);
  const bytes = readFileSync(image.path);
  bytes.write("/../../x", bytes.indexOf("slashed-name"), "latin1");
  writeFileSync(image.path, bytes);
  expect(await read(image)).toEqual({
    seen: [
      ["/bad", "directory"],
      ["/good", "directory"],
      ["/good/file", "y"],
    ],
    problems: [
      {
        kind: "corrupt-directory",
        where: "/bad",
        message: "its list of entries makes no sense",
      },
    ],
  });
});

test("a directory that holds itself is told and not entered", async () => {
  const planted = { "outer/inner/file": "x" };
  await using image = await makeExt4Image(planted, [
    "-t",
    "ext4",
    "-O",
    "^metadata_csum,^dir_index",
  ]);
  const bytes = readFileSync(image.path);
  const name = bytes.indexOf("inner");
  const outerEntry = bytes.indexOf("outer") - 8;
  bytes.writeUInt32LE(bytes.readUInt32LE(outerEntry), name - 8);
  writeFileSync(image.path, bytes);
  const { seen, problems } = await read(image);
  expect(seen).toEqual([["/outer", "directory"]]);
  expect(problems.map(({ kind, where }) => [kind, where])).toEqual([
    ["directory-loop", "/outer/inner"],
  ]);
});
