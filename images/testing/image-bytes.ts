// Hand-made image headers for tests.
import { crc32 } from "node:zlib";

export interface Qcow2Fields {
  readonly version?: number;
  readonly clusterBits?: number;
  readonly virtualSizeBytes?: bigint;
  readonly backingFile?: string;
  readonly backingFormat?: string;
  readonly dataFile?: string;
  readonly cryptMethod?: number;
  readonly incompatible?: bigint;
  readonly l1Offset?: number;
  readonly l1Entries?: readonly bigint[];
  /** Entries of the one L2 table at 0x40000. */
  readonly l2Entries?: readonly bigint[];
  readonly refcountOffset?: number;
  readonly fileBytes?: number;
}

const kib64 = 0x1_0000;

/** A version 3 file of five clusters: header, refcount table, refcount block, L1 at 0x30000, L2 at 0x40000. */
export const qcow2Bytes = (fields: Qcow2Fields = {}): Buffer => {
  const file = Buffer.alloc(5 * kib64 + (fields.l2Entries === undefined ? 0 : kib64));
  const l1Entries = fields.l1Entries ?? [fields.l2Entries === undefined ? 0n : 0x4_0000n];
  const { backingFile } = fields;
  file.write("QFI\xfb", 0, "latin1");
  file.writeUInt32BE(fields.version ?? 3, 4);
  if (backingFile !== undefined) {
    file.writeBigUInt64BE(0x200n, 8);
    file.writeUInt32BE(Buffer.byteLength(backingFile), 16);
    file.write(backingFile, 0x200);
  }
  file.writeUInt32BE(fields.clusterBits ?? 16, 20);
  file.writeBigUInt64BE(fields.virtualSizeBytes ?? 0x10_0000n, 24);
  file.writeUInt32BE(fields.cryptMethod ?? 0, 32);
  file.writeUInt32BE(l1Entries.length, 36);
  file.writeBigUInt64BE(BigInt(fields.l1Offset ?? 3 * kib64), 40);
  file.writeBigUInt64BE(BigInt(fields.refcountOffset ?? kib64), 48);
  file.writeUInt32BE(1, 56);
  file.writeBigUInt64BE(fields.incompatible ?? 0n, 72);
  file.writeUInt32BE(4, 96);
  file.writeUInt32BE(104, 100);
  writeExtensions(file, fields);
  for (const [index, entry] of l1Entries.entries()) {
    file.writeBigUInt64BE(entry, 3 * kib64 + index * 8);
  }
  for (const [index, entry] of (fields.l2Entries ?? []).entries()) {
    file.writeBigUInt64BE(entry, 4 * kib64 + index * 8);
  }
  return file.subarray(0, fields.fileBytes ?? file.length);
};

const writeExtensions = (file: Buffer, { backingFormat, dataFile }: Qcow2Fields): void => {
  let offset = 104;
  const extensions = [
    { type: 0xe2_79_2a_ca, text: backingFormat },
    { type: 0x44_41_54_41, text: dataFile },
  ];
  for (const { type, text } of extensions) {
    if (text === undefined) continue;
    file.writeUInt32BE(type, offset);
    file.writeUInt32BE(text.length, offset + 4);
    file.write(text, offset + 8);
    offset += 8 + Math.ceil(text.length / 8) * 8;
  }
};

export interface GptPartitionFields {
  readonly typeGuid: string;
  readonly label: string;
  readonly firstSector: number;
  readonly lastSector: number;
}

/** A 1 MiB disk with a protective MBR and a GPT with sound checksums. */
export const gptBytes = (partitions: readonly GptPartitionFields[], bootCode = false): Buffer => {
  const disk = Buffer.alloc(1024 * 1024);
  if (bootCode) disk.write("\xeb\x63", 0, "latin1");
  writeMbrEntry(disk, 0, { type: 0xee, firstSector: 1, sectors: 2047 });
  const entries = disk.subarray(1024, 1024 + 128 * 128);
  for (const [index, { typeGuid, label, firstSector, lastSector }] of partitions.entries()) {
    const entry = entries.subarray(index * 128, index * 128 + 128);
    guidBytes(typeGuid).copy(entry, 0);
    entry.writeBigUInt64LE(BigInt(firstSector), 32);
    entry.writeBigUInt64LE(BigInt(lastSector), 40);
    entry.write(label, 56, "utf16le");
  }
  const header = disk.subarray(512, 512 + 92);
  header.write("EFI PART", 0, "latin1");
  header.writeUInt32LE(0x1_0000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(1n, 24);
  header.writeBigUInt64LE(2047n, 32);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(entries), 88);
  header.writeUInt32LE(crc32(header), 16);
  return disk;
};

export const writeMbrEntry = (
  disk: Buffer,
  slot: number,
  entry: { readonly type: number; readonly firstSector: number; readonly sectors: number },
): void => {
  const offset = 446 + slot * 16;
  disk.writeUInt8(entry.type, offset + 4);
  disk.writeUInt32LE(entry.firstSector, offset + 8);
  disk.writeUInt32LE(entry.sectors, offset + 12);
  disk.writeUInt16LE(0xaa_55, 510);
};

const guidBytes = (guid: string): Buffer => {
  const [a = "", b = "", c = "", d = "", e = ""] = guid.split("-");
  const little = (hex: string): Buffer => Buffer.from(hex, "hex").reverse();
  return Buffer.concat([little(a), little(b), little(c), Buffer.from(d + e, "hex")]);
};
