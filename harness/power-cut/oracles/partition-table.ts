// The GUID partition table of a state against the shipped one. Both copies are read: firmware takes the second where the
// first is damaged (UEFI 2.10 §5.3.2), so one sound copy is enough, but every sound copy must be an allowed one.
import { crc32 } from "node:zlib";
import type { DiskView } from "../disk-view.ts";

/** What counts of a GPT. */
export interface TableFacts {
  readonly disk: string;
  readonly entries: readonly TableEntry[];
}

export interface TableEntry {
  /** From 1. */
  readonly number: number;
  readonly type: string;
  readonly firstSector: number;
  readonly lastSector: number;
  readonly uuid: string;
  readonly flags: string;
  readonly label: string;
}

export interface TableRule {
  readonly shipped: TableFacts;
  /** Numbers of slots whose UUID, flags and label an updater may change. Default none. */
  readonly slots?: readonly number[];
}

const sectorBytes = 512;
const headerBytes = 92;
const maxEntryBytes = 128 * 1024;

/** The facts of the table whose header is in that sector; undefined when it is not sound. */
const tableAt = (
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
  const listed = Array.from({ length: count }, (_, index) =>
    entryOf(entries.subarray(index * entryBytes, (index + 1) * entryBytes), index + 1),
  );
  return {
    disk: header.toString("hex", 56, 72),
    entries: listed.filter((entry) => entry !== undefined),
  };
};

const entryOf = (entry: Buffer, number: number): TableEntry | undefined =>
  entry.subarray(0, 16).every((byte) => byte === 0)
    ? undefined
    : {
        number,
        type: entry.toString("hex", 0, 16),
        uuid: entry.toString("hex", 16, 32),
        firstSector: Number(entry.readBigUInt64LE(32)),
        lastSector: Number(entry.readBigUInt64LE(40)),
        flags: entry.toString("hex", 48, 56),
        label: entry.toString("utf16le", 56, 128).replace(/\0.*$/su, ""),
      };

type Disk = Pick<DiskView, "read" | "sizeBytes">;

const copiesOf = ({
  read,
  sizeBytes,
}: Disk): readonly { readonly name: string; readonly table: TableFacts | undefined }[] => [
  { name: "first", table: tableAt(read, 1) },
  { name: "second", table: tableAt(read, sizeBytes / sectorBytes - 1) },
];

/** The table that a kernel takes: the first sound copy. */
export const readTable = (disk: Disk): TableFacts | undefined =>
  copiesOf(disk).find(({ table }) => table !== undefined)?.table;

/** What is wrong with the partition table of a state. */
export const tableProblems = (
  disk: Disk,
  { shipped, slots = [] }: TableRule,
): readonly string[] => {
  const copies = copiesOf(disk);
  if (copies.every(({ table }) => table === undefined)) {
    return ["neither copy of the partition table is sound"];
  }
  const plain = ({ disk: id, entries }: TableFacts): string =>
    JSON.stringify([
      id,
      entries.map((entry) =>
        slots.includes(entry.number) ? { ...entry, uuid: "", flags: "", label: "" } : entry,
      ),
    ]);
  return copies
    .filter(({ table }) => table !== undefined && plain(table) !== plain(shipped))
    .map(({ name }) => `the ${name} copy of the partition table is not the shipped one`);
};
