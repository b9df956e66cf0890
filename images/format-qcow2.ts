// Layout: QEMU docs/interop/qcow2.rst. All numbers are big-endian.

import { qcow2TableProblems } from "./format-qcow2-tables.ts";
import type { HeaderReader } from "./header-reader.ts";

export interface Qcow2Header {
  readonly version: number;
  readonly clusterBits: number;
  readonly virtualSizeBytes: number;
  readonly backingFile?: string;
  readonly backingFormat?: string;
  /** Empty when the header promises a data file and does not name it. */
  readonly dataFile?: string;
  readonly isEncrypted: boolean;
  /** What is wrong with the file, each with the offset where it was seen. */
  readonly problems: readonly string[];
}

const magic = 0x51_46_49_fb;
const v2HeaderBytes = 72;
const v3HeaderBytes = 104;
const extensionBackingFormat = 0xe2_79_2a_ca;
const extensionDataFile = 0x44_41_54_41;
const dataFileBit = 2;
const extendedL2Bit = 4;
/** dirty, corrupt, data file, compression type, extended L2 */
const knownFeatures = 0b1_1111n;

export const isQcow2 = (head: Buffer): boolean =>
  head.length >= 4 && head.readUInt32BE(0) === magic;

/** Reads the header of a file for which `isQcow2` holds. */
export const readQcow2 = (reader: HeaderReader): Qcow2Header => {
  const { head } = reader;
  const unreadable = (problem: string): Qcow2Header => ({
    version: 0,
    clusterBits: 0,
    virtualSizeBytes: 0,
    isEncrypted: false,
    problems: [problem],
  });
  if (head.length < v2HeaderBytes) {
    return unreadable(`the header needs ${v2HeaderBytes} bytes, the file has ${head.length}`);
  }
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    return unreadable(`version ${version} at offset 4 is not 2 or 3`);
  if (version === 3 && head.length < v3HeaderBytes) {
    return unreadable(
      `a version 3 header needs ${v3HeaderBytes} bytes, the file has ${head.length}`,
    );
  }
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) {
    return unreadable(`cluster bits ${clusterBits} at offset 20 are not in 9..21`);
  }
  return readFields(reader, version, clusterBits);
};

const readFields = (reader: HeaderReader, version: number, clusterBits: number): Qcow2Header => {
  const { head } = reader;
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  const hasFeature = (bit: number): boolean => ((features >> BigInt(bit)) & 1n) === 1n;
  const extensions = readExtensions(
    head,
    version === 3 ? head.readUInt32BE(100) : v2HeaderBytes,
    clusterBits,
  );
  const backing = readBackingFile(reader, clusterBits);
  const layout = {
    clusterBits,
    l1Entries: head.readUInt32BE(36),
    l1Offset: toNumber(head.readBigUInt64BE(40)),
    hasExtendedL2: hasFeature(extendedL2Bit),
  };
  const virtualSizeBytes = toNumber(head.readBigUInt64BE(24));
  const hasDataFile = hasFeature(dataFileBit) || extensions.dataFile !== undefined;
  const featureProblems = [
    ...(features > knownFeatures ? [`unknown incompatible features ${features} at offset 72`] : []),
    ...(hasFeature(1) ? ["the corrupt mark is set (offset 72, bit 1)"] : []),
  ];
  const tableProblems = [
    ...headerTableProblems(reader, clusterBits),
    ...qcow2TableProblems(reader, layout, { virtualSizeBytes, hasDataFile }),
  ];
  return {
    version,
    clusterBits,
    virtualSizeBytes,
    ...(backing.name === undefined ? {} : { backingFile: backing.name }),
    ...(extensions.backingFormat === undefined ? {} : { backingFormat: extensions.backingFormat }),
    ...(hasDataFile ? { dataFile: extensions.dataFile ?? "" } : {}),
    isEncrypted: head.readUInt32BE(32) !== 0,
    problems: [...backing.problems, ...featureProblems, ...tableProblems],
  };
};

const readBackingFile = (
  reader: HeaderReader,
  clusterBits: number,
): { readonly name?: string; readonly problems: readonly string[] } => {
  const offset = toNumber(reader.head.readBigUInt64BE(8));
  const length = reader.head.readUInt32BE(16);
  if (offset === 0) return { problems: [] };
  // QEMU: at most 1023 bytes, inside the first cluster.
  if (length === 0 || length > 1023 || offset + length > 2 ** clusterBits) {
    return { problems: [`a backing file name of ${length} bytes at offset ${offset} (offset 8)`] };
  }
  const bytes = reader.read(offset, length);
  if (bytes.length < length) {
    return { problems: [`the backing file name at offset ${offset} lies beyond the end`] };
  }
  return { name: bytes.toString("utf8"), problems: [] };
};

const readExtensions = (
  head: Buffer,
  start: number,
  clusterBits: number,
): { readonly backingFormat?: string; readonly dataFile?: string } => {
  const end = Math.min(head.length, 2 ** clusterBits);
  const found: { backingFormat?: string; dataFile?: string } = {};
  let offset = start;
  while (offset + 8 <= end) {
    const type = head.readUInt32BE(offset);
    const length = head.readUInt32BE(offset + 4);
    if (type === 0 || offset + 8 + length > end) break;
    const text = (): string =>
      head.toString("utf8", offset + 8, offset + 8 + Math.min(length, 4096));
    if (type === extensionBackingFormat) found.backingFormat = text();
    if (type === extensionDataFile) found.dataFile = text();
    offset += 8 + Math.ceil(length / 8) * 8;
  }
  return found;
};

/** The tables that the header itself points to must lie inside the file. */
const headerTableProblems = (reader: HeaderReader, clusterBits: number): string[] => {
  const { head, sizeBytes } = reader;
  const tables = [
    { what: "the L1 table", field: 40, bytes: head.readUInt32BE(36) * 8 },
    { what: "the refcount table", field: 48, bytes: head.readUInt32BE(56) * 2 ** clusterBits },
    // A snapshot entry has at least 40 bytes.
    { what: "the snapshot table", field: 64, bytes: head.readUInt32BE(60) * 40 },
  ];
  return tables.flatMap(({ what, field, bytes }) => {
    const offset = toNumber(head.readBigUInt64BE(field));
    if (bytes === 0 || offset + bytes <= sizeBytes) return [];
    return [
      `${what} (${bytes} bytes at offset ${offset}, named at offset ${field}) lies beyond the end of the file at ${sizeBytes}: the file is truncated`,
    ];
  });
};

/** Offsets above 2^53 are beyond any file, so lost precision does no harm. */
const toNumber = (value: bigint): number => Number(value);
