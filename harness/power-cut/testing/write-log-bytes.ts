// A second hand's idea of the format of dm-log-writes: plain integers put where the kernel's document says.

export type Logged =
  | {
      readonly kind: "write";
      readonly sector: number;
      readonly data: Uint8Array;
      readonly flags?: number;
    }
  | { readonly kind: "discard"; readonly sector: number; readonly sectors: number }
  | { readonly kind: "flush" }
  | { readonly kind: "mark"; readonly text: string };

export interface EncodeOptions {
  /** Default 512. */
  readonly sectorBytes?: number;
  /** What the superblock says of the number of entries; default the truth. `none`: it is all zeroes. */
  readonly stated?: number | "none";
}

/** A whole log; the data of a write must be a multiple of the sector size. */
export const encodeWriteLog = (entries: readonly Logged[], options: EncodeOptions = {}): Buffer => {
  const sectorBytes = options.sectorBytes ?? 512;
  const superblock = Buffer.alloc(sectorBytes);
  if (options.stated !== "none") {
    Buffer.from("72687377667 36a00".replaceAll(" ", ""), "hex").copy(superblock);
    superblock.writeUInt8(1, 8);
    superblock.writeBigUInt64LE(BigInt(options.stated ?? entries.length), 16);
    superblock.writeUInt32LE(sectorBytes, 24);
  }
  return Buffer.concat([
    superblock,
    ...entries.flatMap((entry) => encodeEntry(entry, sectorBytes)),
  ]);
};

const encodeEntry = (entry: Logged, sectorBytes: number): readonly Buffer[] => {
  const header = Buffer.alloc(sectorBytes);
  const put = (at: number, value: number): void => {
    header.writeBigUInt64LE(BigInt(value), at);
  };
  switch (entry.kind) {
    case "flush":
      put(16, 1);
      return [header];
    case "discard":
      put(0, entry.sector);
      put(8, entry.sectors);
      put(16, 4);
      return [header];
    case "mark":
      put(16, 8);
      put(24, entry.text.length);
      header.write(entry.text, 32, "latin1");
      return [header];
    case "write":
      put(0, entry.sector);
      put(8, entry.data.length / sectorBytes);
      put(16, entry.flags ?? 0);
      return [header, Buffer.from(entry.data)];
  }
};
