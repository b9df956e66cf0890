import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { readPartitionTable } from "./partition-table.ts";
import { gptBytes, writeMbrEntry } from "./testing/image-bytes.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

const read = (bytes: Buffer) => {
  const path = join(dir.path, "disk");
  writeFileSync(path, bytes);
  return readPartitionTable(path);
};

const messageOf = (bytes: Buffer): string => {
  try {
    read(bytes);
  } catch (error) {
    return (error as Error).message.replaceAll(dir.path, "DIR");
  }
  return "no problem";
};

const linux = "0fc63daf-8483-4772-8e79-3d69d8477de4";

describe("readPartitionTable", () => {
  test("reads GPT partitions with their labels", () => {
    const disk = gptBytes([
      {
        typeGuid: "21686148-6449-6e6f-744e-656564454649",
        label: "bios",
        firstSector: 34,
        lastSector: 49,
      },
      { typeGuid: linux, label: "root \u202e\x1b", firstSector: 50, lastSector: 149 },
    ]);
    expect(read(disk)).toEqual({
      scheme: "gpt",
      sectorBytes: 512,
      partitions: [
        {
          index: 1,
          label: "bios",
          typeGuid: "21686148-6449-6e6f-744e-656564454649",
          startByte: 34 * 512,
          sizeBytes: 16 * 512,
        },
        {
          index: 2,
          label: "root \\u202e\\x1b",
          typeGuid: linux,
          startByte: 50 * 512,
          sizeBytes: 100 * 512,
        },
      ],
    });
  });

  test("reads MBR partitions", () => {
    const disk = Buffer.alloc(4096);
    writeMbrEntry(disk, 1, { type: 0x83, firstSector: 2, sectors: 4 });
    expect(read(disk)).toEqual({
      scheme: "mbr",
      sectorBytes: 512,
      partitions: [{ index: 2, label: "", typeGuid: "83", startByte: 1024, sizeBytes: 2048 }],
    });
  });

  test("says that there is none", () => {
    expect(read(Buffer.alloc(4096))).toEqual({ scheme: "none", sectorBytes: 512, partitions: [] });
  });

  test("refuses a damaged header", () => {
    const disk = gptBytes([]);
    disk[512 + 40] = 1;
    expect(messageOf(disk)).toMatchInlineSnapshot(
      `"Expected a sound GPT in DIR/disk, but it has a CRC-32 of its header of be8d22d4 where offset 528 states d741ded9"`,
    );
  });

  test("refuses damaged entries", () => {
    const disk = gptBytes([]);
    disk[1024] = 1;
    expect(messageOf(disk)).toMatchInlineSnapshot(
      `"Expected a sound GPT in DIR/disk, but it has a CRC-32 of its entries of 36c5fb39 where offset 600 states ab54d286"`,
    );
  });

  test("refuses a billion entries, even with a sound checksum", () => {
    const disk = gptBytes([]);
    disk.writeUInt32LE(1_000_000_000, 512 + 80);
    disk.writeUInt32LE(0, 512 + 16);
    disk.writeUInt32LE(crc32(disk.subarray(512, 512 + 92)), 512 + 16);
    expect(messageOf(disk)).toMatchInlineSnapshot(
      `"Expected a sound GPT in DIR/disk, but it has 1000000000 entries of 128 bytes at offset 592"`,
    );
  });
});
