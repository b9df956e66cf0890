// UEFI 2.10 §5.3 (GPT) and §5.2 (MBR). Reads at most 1 MiB, whatever the table claims.
import { crc32 } from "node:zlib";
import { ImageError } from "../harness/core/errors.ts";
import { printable } from "../harness/core/printable.ts";
import { readRawContent } from "./format-raw.ts";
import { type HeaderReader, openHeaders } from "./header-reader.ts";

export interface PartitionTable {
  readonly scheme: "gpt" | "mbr" | "none";
  readonly sectorBytes: number;
  readonly partitions: readonly Partition[];
}

export interface Partition {
  /** 1-based, as in /dev/vda1. */
  readonly index: number;
  /** GPT name, printable; empty on MBR. */
  readonly label: string;
  /** Lower-case GUID; on MBR the type byte as two hex digits. */
  readonly typeGuid: string;
  readonly startByte: number;
  readonly sizeBytes: number;
}

export const biosBootGuid = "21686148-6449-6e6f-744e-656564454649";
export const espGuid = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";

/** Linux reads at most this many bytes of entries without complaint; 128 × 128 is what every tool writes. */
const maxEntryBytes = 1024 * 128;

/**
 * Reads the partition table of a raw disk image (a qcow2 image is to be converted first).
 * @throws {ImageError} IMAGE_UNUSABLE when a GPT is damaged.
 */
export const readPartitionTable = (path: string): PartitionTable => {
  using reader = openHeaders(path);
  const content = readRawContent(reader);
  if (content.kind === "gpt") return readGpt(reader, content.sectorBytes);
  if (content.kind === "mbr") return readMbr(reader);
  return { scheme: "none", sectorBytes: 512, partitions: [] };
};

const readGpt = (reader: HeaderReader, sectorBytes: number): PartitionTable => {
  const header = reader.read(sectorBytes, sectorBytes);
  const headerBytes = header.length < 92 ? 0 : header.readUInt32LE(12);
  if (headerBytes < 92 || headerBytes > header.length) {
    throw damaged(reader, `header size ${headerBytes} at offset ${sectorBytes + 12}`);
  }
  const checked = Buffer.from(header.subarray(0, headerBytes));
  checked.writeUInt32LE(0, 16);
  expectCrc(reader, "header", crc32(checked), header.readUInt32LE(16), sectorBytes + 16);
  const count = header.readUInt32LE(80);
  const entryBytes = header.readUInt32LE(84);
  if (entryBytes < 128 || entryBytes % 8 !== 0 || count * entryBytes > maxEntryBytes) {
    throw damaged(reader, `${count} entries of ${entryBytes} bytes at offset ${sectorBytes + 80}`);
  }
  const entriesOffset = Number(header.readBigUInt64LE(72)) * sectorBytes;
  const entries = reader.read(entriesOffset, count * entryBytes);
  if (entries.length < count * entryBytes) {
    throw damaged(reader, `entries that end beyond the file, at offset ${entriesOffset}`);
  }
  expectCrc(reader, "entries", crc32(entries), header.readUInt32LE(88), sectorBytes + 88);
  const partitions = Array.from({ length: count }, (_, index) =>
    gptPartition(
      entries.subarray(index * entryBytes, (index + 1) * entryBytes),
      index + 1,
      sectorBytes,
    ),
  );
  return { scheme: "gpt", sectorBytes, partitions: partitions.filter((one) => one !== undefined) };
};

const gptPartition = (entry: Buffer, index: number, sectorBytes: number): Partition | undefined => {
  const typeGuid = guid(entry);
  if (typeGuid === "00000000-0000-0000-0000-000000000000") return undefined;
  const first = Number(entry.readBigUInt64LE(32));
  const last = Number(entry.readBigUInt64LE(40));
  const label = entry.toString("utf16le", 56, 128).replace(/\0.*$/su, "");
  return {
    index,
    label: printable(label),
    typeGuid,
    startByte: first * sectorBytes,
    sizeBytes: Math.max(0, last - first + 1) * sectorBytes,
  };
};

/** The first three fields of a GUID are little-endian. */
const guid = (bytes: Buffer): string => {
  const part = (start: number, end: number): string => bytes.toString("hex", start, end);
  const little = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).reverse().toString("hex");
  return [little(0, 4), little(4, 6), little(6, 8), part(8, 10), part(10, 16)].join("-");
};

/** Logical partitions are not followed: no image that boots from one is known. */
const readMbr = ({ head }: HeaderReader): PartitionTable => ({
  scheme: "mbr",
  sectorBytes: 512,
  partitions: [0, 1, 2, 3].flatMap((slot) => {
    const entry = head.subarray(446 + slot * 16, 462 + slot * 16);
    const type = entry.readUInt8(4);
    if (type === 0) return [];
    return [
      {
        index: slot + 1,
        label: "",
        typeGuid: type.toString(16).padStart(2, "0"),
        startByte: entry.readUInt32LE(8) * 512,
        sizeBytes: entry.readUInt32LE(12) * 512,
      },
    ];
  }),
});

const expectCrc = (
  reader: HeaderReader,
  what: string,
  seen: number,
  stated: number,
  offset: number,
): void => {
  if (seen === stated) return;
  const digits = (crc: number): string => crc.toString(16).padStart(8, "0");
  throw damaged(
    reader,
    `a CRC-32 of its ${what} of ${digits(seen)} where offset ${offset} states ${digits(stated)}`,
  );
};

const damaged = (reader: HeaderReader, seen: string): ImageError =>
  new ImageError("IMAGE_UNUSABLE", `Expected a sound GPT in ${reader.path}, but it has ${seen}`, {
    hint: "Copy or build the image again; sgdisk --verify tells more",
  });
