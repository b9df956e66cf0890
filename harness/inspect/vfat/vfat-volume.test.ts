import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openHeaders } from "../../../images/header-reader.ts";
import { exec } from "../../core/exec.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { toolPath } from "../../core/tool.ts";
import { entriesBelow } from "../tree.ts";
import { openVfatVolume } from "./vfat-volume.ts";

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir("vfat");
});
afterEach(() => dir[Symbol.asyncDispose]());

const long = "0123456789".repeat(900);
const files = {
  "EFI/BOOT/BOOTX64.EFI": "the loader",
  "EFI/debian/A name of more than eight letters.conf": "long name",
  "EFI/debian/long caf\u00e9 menu": "beyond ASCII",
  "large.bin": long,
  empty: "",
};

/** Made by mtools; `bits` chooses the kind by the number of clusters. */
const makeImage = async (bits: 12 | 16 | 32): Promise<string> => {
  const path = join(dir.path, `fat${bits}.img`);
  const root = join(dir.path, "root");
  const [mebibytes, clusterSectors] = { 12: [4, 8], 16: [16, 4], 32: [64, 1] }[bits] as [
    number,
    number,
  ];
  writeFileSync(path, Buffer.alloc(mebibytes * 1024 * 1024));
  const format = [
    "-i",
    path,
    "-v",
    "ESP",
    "-c",
    String(clusterSectors),
    ...(bits === 32 ? ["-F"] : []),
  ];
  await exec(toolPath("mformat"), [...format, "::"]);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const env = { LC_ALL: "C.UTF-8" };
  const top = ["EFI", "large.bin", "empty"].map((name) => join(root, name));
  await exec(toolPath("mcopy"), ["-s", "-i", path, ...top, "::"], { env });
  return path;
};

const read = async (path: string) => {
  using disk = openHeaders(path);
  const volume = openVfatVolume(disk, { startByte: 0, sizeBytes: disk.sizeBytes });
  const entries = entriesBelow(volume.root);
  const found = entries.flatMap(({ node }) => (node.kind === "file" ? [node] : []));
  const contents = await volume.open(found);
  const texts = entries.flatMap(({ path: place, node }) =>
    node.kind === "file"
      ? [
          [
            Buffer.from(place, "latin1").toString(),
            contents.get(node.inode)?.read(0, node.sizeBytes).toString(),
          ],
        ]
      : [],
  );
  return { texts: Object.fromEntries(texts), problems: volume.problems };
};

test.each([12, 16, 32] as const)("names and contents come out whole of FAT%i", async (bits) => {
  const wanted = Object.entries(files).map(([name, text]) => [`/${name}`, text]);
  expect(await read(await makeImage(bits))).toEqual({
    texts: Object.fromEntries(wanted),
    problems: [],
  });
});

test("clusters that lead in a circle or out of the volume are told, not followed", async () => {
  const path = await makeImage(16);
  const bytes = readFileSync(path);
  const fatStart = bytes.readUInt16LE(14) * 512;
  const rootStart = fatStart + 2 * bytes.readUInt16LE(22) * 512;
  const efi = bytes.indexOf("EFI        ", rootStart, "latin1");
  const large = bytes.indexOf("LARGE   BIN", rootStart, "latin1");
  // The directory goes on in itself, the file beyond the end.
  const clusterOf = (entry: number): number => bytes.readUInt16LE(entry + 26);
  bytes.writeUInt16LE(clusterOf(efi), fatStart + clusterOf(efi) * 2);
  bytes.writeUInt16LE(0xffe0, fatStart + clusterOf(large) * 2);
  writeFileSync(path, bytes);
  expect(await read(path)).toEqual({
    texts: { "/empty": "", "/large.bin": undefined },
    problems: [{ kind: "corrupt-directory", where: "/EFI", message: "its clusters make no sense" }],
  });
});

test("a first sector without sense is refused", async () => {
  const path = join(dir.path, "bad.img");
  writeFileSync(path, Buffer.alloc(4096));
  using disk = openHeaders(path);
  expect(() => openVfatVolume(disk, { startByte: 0, sizeBytes: 4096 })).toThrow(
    /Expected the first sector of a FAT file system/,
  );
});
