// A download that broke off keeps its header and L1 table; only the mapping tables tell that clusters are missing.
import type { HeaderReader } from "./header-reader.ts";

export interface Qcow2Layout {
  readonly clusterBits: number;
  readonly l1Offset: number;
  readonly l1Entries: number;
  readonly hasExtendedL2: boolean;
}

/** QCOW_MAX_L1_SIZE of QEMU's block/qcow2.h. */
const maxL1Bytes = 32 * 1024 * 1024;
/** 512 GiB of guest disk at the usual cluster size; a bound on time, not on images. */
const maxL2Tables = 1024;
const chunkBytes = 65_536;

/** At most one problem: the first pointer of the L1 and L2 tables that leads out of the file. */
export const qcow2TableProblems = (
  reader: HeaderReader,
  layout: Qcow2Layout,
  disk: { readonly virtualSizeBytes: number; readonly hasDataFile: boolean },
): string[] => {
  const { clusterBits, l1Entries, l1Offset, hasExtendedL2 } = layout;
  const entryBytes = hasExtendedL2 ? 16 : 8;
  const bytesPerL2 = 2 ** clusterBits * (2 ** clusterBits / entryBytes);
  const needed = Math.ceil(disk.virtualSizeBytes / bytesPerL2);
  if (l1Entries < needed || l1Entries * 8 > maxL1Bytes) {
    return [`the L1 table has ${l1Entries} entries (offset 36), the virtual size needs ${needed}`];
  }
  let scanned = 0;
  for (const l2Offset of l2Offsets(reader, l1Offset, l1Entries)) {
    scanned += 1;
    if (scanned > maxL2Tables) break;
    const table = reader.read(l2Offset, 2 ** clusterBits);
    if (table.length < 2 ** clusterBits) return [beyond("an L2 table", l2Offset, reader.sizeBytes)];
    const lost = disk.hasDataFile ? undefined : firstLostCluster(table, layout, reader.sizeBytes);
    if (lost !== undefined) return [beyond("a data cluster", lost, reader.sizeBytes)];
  }
  return [];
};

function* l2Offsets(reader: HeaderReader, l1Offset: number, l1Entries: number): Generator<number> {
  const end = l1Offset + l1Entries * 8;
  for (let at = l1Offset; at < end; at += chunkBytes) {
    const chunk = reader.read(at, Math.min(chunkBytes, end - at));
    for (let entry = 0; entry + 8 <= chunk.length; entry += 8) {
      const offset = pointerAt(chunk, entry);
      if (offset !== 0) yield offset;
    }
  }
}

const firstLostCluster = (
  table: Buffer,
  layout: Qcow2Layout,
  sizeBytes: number,
): number | undefined => {
  const entryBytes = layout.hasExtendedL2 ? 16 : 8;
  // Compressed clusters: the offset has 62 - (clusterBits - 8) bits.
  const compressedHighMask = 2 ** (62 - (layout.clusterBits - 8) - 32) - 1;
  for (let offset = 0; offset + entryBytes <= table.length; offset += entryBytes) {
    const high = table.readUInt32BE(offset);
    const isCompressed = (high & 0x40_00_00_00) !== 0;
    const target = isCompressed
      ? (high & compressedHighMask) * 2 ** 32 + table.readUInt32BE(offset + 4)
      : pointerAt(table, offset);
    if (target >= sizeBytes) return target;
  }
  return undefined;
};

/** Bits 9 to 55 of an L1 or L2 entry. */
const pointerAt = (buffer: Buffer, offset: number): number => {
  const high = buffer.readUInt32BE(offset) & 0x00_ff_ff_ff;
  return high * 2 ** 32 + ((buffer.readUInt32BE(offset + 4) & 0xff_ff_fe_00) >>> 0);
};

const beyond = (what: string, offset: number, sizeBytes: number): string =>
  `${what} at offset ${offset} lies beyond the end of the file at ${sizeBytes}: the file is truncated`;
