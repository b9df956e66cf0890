// The GUID partition table of a state against the shipped one. Both copies are read: firmware takes the second where the
// first is damaged (UEFI 2.10 §5.3.2), so one sound copy is enough, but every sound copy must be an allowed one.
import { crc32 } from "node:zlib";
import type { DiskView } from "../disk-view.ts";

/** Entries of a GPT that count, as text: `1 TYPE UUID FIRST LAST FLAGS LABEL`, by their numbers. */
export type TableFacts = readonly string[];

const sectorBytes = 512;
const headerBytes = 92;
const maxEntryBytes = 128 * 1024;

/** The facts of the table whose header is in that sector; undefined when it is not sound. */
export const tableAt = (
  read: (offset: number, length: number) => Buffer,
  sector: number,
): TableFacts | undefined => {
  const header = Buffer.from(read(sector * sectorBytes, sectorBytes));
  if (header.length < sectorBytes || header.toString("latin1", 0, 8) !== "EFI PART") {
    return undefined;
  }
  const statedBytes = header.readUInt32LE(12);
  const crc = header.readUInt32LE(16);
  header.writeUInt32LE(0, 16);
  const isSound =
    statedBytes >= headerBytes &&
    statedBytes <= sectorBytes &&
    crc32(header.subarray(0, statedBytes)) === crc &&
    Number(header.readBigUInt64LE(24)) === sector;
  const count = header.readUInt32LE(80);
  const entryBytes = header.readUInt32LE(84);
  if (!isSound || entryBytes < 128 || count * entryBytes > maxEntryBytes) return undefined;
  const entries = read(Number(header.readBigUInt64LE(72)) * sectorBytes, count * entryBytes);
  if (crc32(entries) !== header.readUInt32LE(88)) return undefined;
  const disk = header.toString("hex", 56, 72);
  const listed = Array.from({ length: count }, (_, index) =>
    factOf(entries.subarray(index * entryBytes, (index + 1) * entryBytes), index + 1),
  );
  return [`disk ${disk}`, ...listed.filter((fact) => fact !== undefined)];
};

const factOf = (entry: Buffer, number: number): string | undefined => {
  if (entry.subarray(0, 16).every((byte) => byte === 0)) return undefined;
  const label = entry.toString("utf16le", 56, 128).replace(/\0.*$/su, "");
  return [
    ...[number, entry.toString("hex", 0, 16), entry.toString("hex", 16, 32)],
    ...[entry.readBigUInt64LE(32), entry.readBigUInt64LE(40), entry.readBigUInt64LE(48)],
    JSON.stringify(label),
  ].join(" ");
};

/**
 * What is wrong with the partition table of a state.
 * @param allowed tables that it may be: the shipped one, and those that an updater passes through which labels slots.
 */
export const tableProblems = (
  { read, sizeBytes }: Pick<DiskView, "read" | "sizeBytes">,
  allowed: readonly TableFacts[],
): readonly string[] => {
  const places = [
    { name: "first", sector: 1 },
    { name: "second", sector: sizeBytes / sectorBytes - 1 },
  ];
  const seen = places.map(({ name, sector }) => ({ name, table: tableAt(read, sector) }));
  if (seen.every(({ table }) => table === undefined)) {
    return ["neither copy of the partition table is sound"];
  }
  const texts = new Set(allowed.map((table) => table.join("\n")));
  return seen
    .filter(({ table }) => table !== undefined && !texts.has(table.join("\n")))
    .map(({ name }) => `the ${name} copy of the partition table is none of the allowed ones`);
};
