import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exec } from "../harness/core/exec.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { GiB, KiB } from "../harness/core/units.ts";
import type { ImageFileSource } from "./schema.ts";
import { gptBytes, type Qcow2Fields, qcow2Bytes, writeMbrEntry } from "./testing/image-bytes.ts";
import { verifyImageFile } from "./verify-image-file.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

const fileOf = (name: string, bytes: string | Buffer): string => {
  const path = join(dir.path, name);
  writeFileSync(path, bytes);
  return path;
};

/** The facts' content, or the error's text with the directory taken out. */
const outcomeOf = async (
  path: string,
  format: "raw" | "qcow2",
  options: Partial<ImageFileSource> = {},
): Promise<unknown> => {
  try {
    const facts = await verifyImageFile({
      kind: "file",
      path,
      format,
      allowBacking: [],
      ...options,
    });
    return facts.content;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message.replaceAll(dir.path, "DIR")}`;
  }
};

const outcomeOfBytes = (bytes: string | Buffer, format: "raw" | "qcow2" = "raw") =>
  outcomeOf(fileOf("image", bytes), format);
const outcomeOfQcow2 = (fields: Qcow2Fields) => outcomeOfBytes(qcow2Bytes(fields), "qcow2");

const at = (offset: number, mark: string): Buffer => {
  const bytes = Buffer.alloc(70 * KiB);
  bytes.write(mark, offset, "latin1");
  return bytes;
};

const mbrDisk = (sectors: number): Buffer => {
  const disk = Buffer.alloc(64 * KiB);
  writeMbrEntry(disk, 0, { type: 0x83, firstSector: 1, sectors });
  return disk;
};

describe("raw", () => {
  test.each([
    ["a GPT", gptBytes([]), { kind: "gpt", sectorBytes: 512 }],
    ["an MBR", mbrDisk(10), { kind: "mbr" }],
    ["ext4", at(1080, "\x53\xef"), { kind: "filesystem", type: "ext4" }],
    ["xfs", at(0, "XFSB"), { kind: "filesystem", type: "xfs" }],
    ["squashfs", at(0, "hsqs"), { kind: "filesystem", type: "squashfs" }],
    ["erofs", at(1024, "\xe2\xe1\xf5\xe0"), { kind: "filesystem", type: "erofs" }],
    ["btrfs", at(65_600, "_BHRfS_M"), { kind: "filesystem", type: "btrfs" }],
    ["vfat", at(82, "FAT32   "), { kind: "filesystem", type: "vfat" }],
  ])("accepts %s", async (_title, bytes, raw) => {
    expect(await outcomeOfBytes(bytes)).toEqual({ kind: "raw", raw });
  });

  test.each([
    ["an empty file", ""],
    ["text", "#!/bin/sh\necho not an image\n".repeat(40)],
    ["an ELF program", at(0, "\x7fELF")],
    ["a kernel", at(0, "MZ")],
    ["an initrd", at(0, "070701")],
    ["a tar archive", at(257, "ustar")],
    ["zeros", Buffer.alloc(70 * KiB)],
    ["a boot mark without partitions", at(510, "\x55\xaa")],
    ["a CD image", at(32_769, "CD001")],
    ["a partition beyond the end", mbrDisk(10_000)],
    ["qcow2", qcow2Bytes()],
    ["VMDK", at(0, "KDMV")],
    ["a VMDK descriptor", "# Disk DescriptorFile\nversion=1\n"],
    ["VHDX", at(0, "vhdxfile")],
    ["dynamic VHD", at(0, "conectix")],
    ["fixed VHD", at(70 * KiB - 512, "conectix")],
    ["QED", at(0, "QED\0")],
    ["VDI", at(64, "\x7f\x10\xda\xbe")],
    ["LUKS", at(0, "LUKS\xba\xbe")],
    ["gzip", at(0, "\x1f\x8b\x08")],
    ["xz", at(0, "\xfd7zXZ\0")],
    ["zstd", at(0, "\x28\xb5\x2f\xfd")],
  ])("refuses %s", async (_title, bytes) => {
    expect(await outcomeOfBytes(bytes)).toMatchSnapshot();
  });

  test("refuses a sparse file of more than 16 TiB", async () => {
    const path = fileOf("sparse", gptBytes([]));
    try {
      truncateSync(path, 16 * 1024 * GiB + 4096);
    } catch {
      return; // This file system has no such files.
    }
    expect(await outcomeOf(path, "raw")).toMatch(/between 1 B and 16384.00 GiB/);
  });
});

describe("qcow2", () => {
  test("accepts a sound file", async () => {
    expect(await outcomeOfQcow2({ l2Entries: [0x5_0000n & 0xfffn, 0n] })).toEqual({
      kind: "qcow2",
      header: {
        version: 3,
        clusterBits: 16,
        virtualSizeBytes: 0x10_0000,
        isEncrypted: false,
        problems: [],
      },
    });
  });

  const bad: readonly [string, Qcow2Fields][] = [
    ["version 4", { version: 4 }],
    ["cluster bits 8", { clusterBits: 8 }],
    ["cluster bits 63", { clusterBits: 63 }],
    ["no size", { virtualSizeBytes: 0n }],
    ["an absurd size", { virtualSizeBytes: 2n ** 62n, clusterBits: 21 }],
    ["20 TiB", { virtualSizeBytes: 20n * 2n ** 40n, clusterBits: 21, l1Entries: [0n, 0n, 0n] }],
    ["encryption", { cryptMethod: 2 }],
    ["unknown features", { incompatible: 1n << 40n }],
    ["the corrupt mark", { incompatible: 2n }],
    ["an L1 table beyond the end", { l1Offset: 0x100_0000 }],
    ["a refcount table beyond the end", { refcountOffset: 0x100_0000 }],
    ["an L2 table beyond the end", { l1Entries: [0x100_0000n] }],
    ["a data cluster beyond the end", { l2Entries: [0n, 0x200_0000n] }],
    ["a compressed cluster beyond the end", { l2Entries: [(1n << 62n) | 0x200_0000n] }],
    ["a file cut off after 1 KiB", { fileBytes: 1024 }],
    ["a file cut off inside the header", { fileBytes: 60 }],
    ["a backing file", { backingFile: "/etc/shadow", backingFormat: "raw" }],
    ["a backing file over NBD", { backingFile: "nbd:localhost:10809" }],
    ["a backing file over HTTP", { backingFile: "http://host/a" }],
    ["a backing file: URL", { backingFile: "file:/etc/shadow" }],
    ["a json: backing file", { backingFile: 'json:{"driver":"host_device"}' }],
    ["an escape sequence as backing file", { backingFile: "\x1b[2J" }],
    ["a backing name of 2000 bytes", { backingFile: "a".repeat(2000) }],
    ["a data file", { incompatible: 4n, dataFile: "/dev/sda" }],
    ["a data file without a name", { incompatible: 4n }],
    ["a data file without the feature bit", { dataFile: "/dev/sda" }],
  ];
  test.each(bad)("refuses %s", async (_title, fields) => {
    expect(await outcomeOfQcow2(fields)).toMatchSnapshot();
  });

  test("refuses a raw disk that is declared qcow2", async () => {
    expect(await outcomeOfBytes(gptBytes([]), "qcow2")).toMatchSnapshot();
  });

  test("accepts a backing file that the manifest names, and checks it too", async () => {
    const base = fileOf("base.qcow2", qcow2Bytes());
    const top = fileOf(
      "top.qcow2",
      qcow2Bytes({ backingFile: "base.qcow2", backingFormat: "qcow2" }),
    );
    expect(await outcomeOf(top, "qcow2", { allowBacking: [base] })).toMatchObject({
      header: { backingFile: "base.qcow2", backingFormat: "qcow2" },
    });
    fileOf("base.qcow2", qcow2Bytes({ backingFile: "/etc/shadow", backingFormat: "raw" }));
    expect(await outcomeOf(top, "qcow2", { allowBacking: [base] })).toMatchSnapshot();
  });

  test("refuses a backing file without a stated format, and a chain that is a ring", async () => {
    const ring = join(dir.path, "ring");
    fileOf("ring", qcow2Bytes({ backingFile: "ring" }));
    expect(await outcomeOf(ring, "qcow2", { allowBacking: [ring] })).toMatchSnapshot();
    fileOf("ring", qcow2Bytes({ backingFile: "ring", backingFormat: "qcow2" }));
    expect(await outcomeOf(ring, "qcow2", { allowBacking: [ring] })).toMatchSnapshot();
  });
});

describe("the file itself", () => {
  test("a link is followed and reported", async () => {
    const path = fileOf("target.img", gptBytes([]));
    const link = join(dir.path, "link.img");
    symlinkSync(path, link);
    const facts = await verifyImageFile({
      kind: "file",
      path: link,
      format: "raw",
      allowBacking: [],
    });
    expect([facts.path, facts.realPath]).toEqual([link, path]);
  });

  test("a directory, a device, a FIFO, a missing file and a dangling link are refused", async () => {
    const path = (name: string) => join(dir.path, name);
    mkdirSync(path("directory"));
    await exec("mkfifo", [path("fifo")]);
    symlinkSync(path("nowhere"), path("dangling"));
    symlinkSync("/dev/zero", path("device-link"));
    const names = ["directory", "fifo", "missing", "dangling", "device-link"].map(path);
    const outcomes = await Promise.all(
      [...names, "/dev/zero"].map((file) => outcomeOf(file, "raw")),
    );
    expect(outcomes).toMatchSnapshot();
  });

  test("the sha256 must be the stated one", async () => {
    const bytes = gptBytes([]);
    const path = fileOf("digest.img", bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await outcomeOf(path, "raw", { sha256 })).toMatchObject({ kind: "raw" });
    expect(await outcomeOf(path, "raw", { sha256: "0".repeat(64) })).toBe(
      `IMAGE_DIGEST: Expected image file DIR/digest.img to have sha256 ${"0".repeat(64)}, but it has ${sha256}`,
    );
  });
});
