import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { cpioArchive } from "../../../images/builder/cpio.ts";
import { entriesBelow } from "../tree.ts";
import { unpackInitrd } from "./unpack-initrd.ts";

const file = (name: string, text: string) => ({ name, mode: 0o100755, data: Buffer.from(text) });
const archive = (name: string, text: string): Buffer => cpioArchive([file(name, text)]);

const seen = (image: Buffer) => {
  const unpacked = unpackInitrd(image);
  if (unpacked === undefined) return undefined;
  const { tree, packings, problem } = unpacked;
  const texts = entriesBelow(tree.root).flatMap(({ path, node }) => {
    if (node.kind === "link") return [[path, `-> ${node.target}`]];
    if (node.kind !== "file") return [];
    return [[path, tree.contents.get(node.inode)?.read(0, 1000).toString("latin1") ?? ""]];
  });
  return { files: Object.fromEntries(texts), packings, problem };
};

test("archives of every packing stand one behind the other, and a later file wins", () => {
  const image = Buffer.concat([
    archive("kernel/microcode.bin", "microcode"),
    Buffer.alloc(512),
    gzipSync(archive("./bin/a", "from gzip")),
    zstdCompressSync(Buffer.concat([archive("bin/b", "first"), archive("/bin/c", "behind it")])),
    Buffer.alloc(3),
    archive("bin/b", "appended"),
  ]);
  expect(seen(image)).toEqual({
    files: {
      "/bin/a": "from gzip",
      "/bin/b": "appended",
      "/bin/c": "behind it",
      "/kernel/microcode.bin": "microcode",
    },
    packings: ["none", "gzip", "zstd", "none"],
    problem: undefined,
  });
});

test("links, and names of one file, are kept", () => {
  const image = cpioArchive([
    { name: "bin", mode: 0o040755, data: Buffer.alloc(0) },
    { name: "bin/sh", mode: 0o120777, data: Buffer.from("../usr/libexec/x") },
    { name: "../../etc/x", mode: 0o100644, data: Buffer.from("kept inside") },
  ]);
  expect(seen(image)?.files).toEqual({
    "/bin/sh": "-> ../usr/libexec/x",
    "/../../etc/x": "kept inside",
  });
});

test("what cannot be unpacked is a problem, and what came before is known", () => {
  const first = archive("bin/a", "x");
  const problemWith = (rest: Buffer) => seen(Buffer.concat([first, rest]));
  expect(problemWith(Buffer.from("\xfd7zXZ\0\0\x04", "latin1"))).toEqual({
    files: { "/bin/a": "x" },
    packings: ["none"],
    problem: "its archive is packed with xz, which this version does not unpack",
  });
  expect(problemWith(Buffer.from("something else"))?.problem).toBe(
    `at byte ${first.length} there is no archive`,
  );
  expect(problemWith(gzipSync(archive("b", "y")).subarray(0, 40))?.problem).toMatch(
    /^it cannot be unpacked: /,
  );
  expect(seen(first.subarray(0, first.length - 140))?.problem).toMatch(
    /is cut off|no entry begins/,
  );
});

test("a bomb is not unpacked, nor one in several parts", () => {
  const packed = zstdCompressSync(archive("a", "x".repeat(600)));
  const bound = 1000;
  expect(unpackInitrd(packed, bound)?.problem).toBeUndefined();
  expect(unpackInitrd(Buffer.concat([packed, packed]), bound)?.problem).toBe(
    "unpacked it is larger than the 512 MiB that are read",
  );
});

test("packed data that is no archive is no initrd", () => {
  expect(seen(gzipSync("a manual page"))).toBeUndefined();
  expect(seen(Buffer.alloc(0))).toBeUndefined();
});
