// Microsoft's FAT specification 1.03, "FAT Directory Structure" and "Long Directory Entries".

export interface FatEntry {
  /** UTF-8 as latin1. */
  readonly name: string;
  readonly kind: "file" | "directory";
  readonly cluster: number;
  readonly sizeBytes: number;
}

const entryBytes = 32;
const longName = 0x0f;
const volumeLabel = 0x08;
const directory = 0x10;
const deleted = 0xe5;
const lastLong = 0x40;

/** Entries but `.` and `..`; `problem` tells of names that no path can have, which are left out. */
export const parseFatDirectory = (
  bytes: Buffer,
): { readonly entries: readonly FatEntry[]; readonly problem?: string } => {
  const entries: FatEntry[] = [];
  let hasBadName = false;
  for (const { raw, long } of namedEntries(bytes)) {
    const name = nameOf(raw, long);
    if (((raw[11] ?? 0) & volumeLabel) !== 0 || name === "." || name === "..") continue;
    if (name === "" || /[/\0]/.test(name)) hasBadName = true;
    else entries.push(entryOf(raw, name));
  }
  return hasBadName ? { entries, problem: "it has a name that no path can have" } : { entries };
};

const entryOf = (raw: Buffer, name: string): FatEntry => {
  const isDirectory = ((raw[11] ?? 0) & directory) !== 0;
  return {
    name,
    kind: isDirectory ? "directory" : "file",
    cluster: raw.readUInt16LE(20) * 0x1_0000 + raw.readUInt16LE(26),
    sizeBytes: isDirectory ? 0 : raw.readUInt32LE(28),
  };
};

interface NamedEntry {
  readonly raw: Buffer;
  /** The long name that stands before it. */
  readonly long: LongName | undefined;
}

const namedEntries = (bytes: Buffer): readonly NamedEntry[] => {
  const found: NamedEntry[] = [];
  let long: LongName | undefined;
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const raw = bytes.subarray(at, at + entryBytes);
    if (raw[0] === 0) break;
    const isLong = ((raw[11] ?? 0) & 0x3f) === longName;
    if (raw[0] !== deleted && !isLong) found.push({ raw, long });
    long = isLong && raw[0] !== deleted ? withPart(long, raw) : undefined;
  }
  return found;
};

interface LongName {
  /** Of the short name that it belongs to. */
  readonly checksum: number;
  /** The part that must come next; 0 when all are there. */
  readonly missing: number;
  readonly text: string;
}

/** The parts stand last first, each with 13 UTF-16 units. */
const withPart = (before: LongName | undefined, raw: Buffer): LongName | undefined => {
  const [order = 0] = raw;
  const number = order & 0x1f;
  const checksum = raw[13] ?? 0;
  const isFirst = (order & lastLong) !== 0;
  const follows = isFirst || (before?.missing === number && before.checksum === checksum);
  if (!follows || number === 0 || number > 20) return undefined;
  const units = Buffer.concat([raw.subarray(1, 11), raw.subarray(14, 26), raw.subarray(28, 32)]);
  const text = units.toString("utf16le") + (isFirst ? "" : (before?.text ?? ""));
  return { checksum, missing: number - 1, text };
};

const nameOf = (raw: Buffer, long: LongName | undefined): string => {
  if (long?.missing === 0 && long.checksum === checksumOf(raw)) {
    const text = long.text.split("\0")[0] ?? "";
    return Buffer.from(text, "utf8").toString("latin1");
  }
  // Windows NT keeps in byte 12 that name (8) and extension (16) are in lower case; Linux shows them so.
  const lower = raw[12] ?? 0;
  const part = (start: number, end: number, bit: number): string => {
    const text = raw.toString("latin1", start, end).trimEnd();
    return (lower & bit) === 0 ? text : text.toLowerCase();
  };
  const stored = part(0, 8, 8);
  // 0xe5 would mark it as deleted, so 5 stands for it.
  const base = raw[0] === 5 ? `\xe5${stored.slice(1)}` : stored;
  const extension = part(8, 11, 16);
  return extension === "" ? base : `${base}.${extension}`;
};

const checksumOf = (raw: Buffer): number =>
  raw.subarray(0, 11).reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
