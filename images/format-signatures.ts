// Formats with a mark of their own, as their specifications (and QEMU's block/*.c) give it.
import type { HeaderReader } from "./header-reader.ts";

/** A file format that is neither raw nor qcow2. */
export interface ForeignFormat {
  readonly format: ForeignFormatName;
  /** Byte offset of the mark. */
  readonly offset: number;
  readonly hint: string;
}

type ForeignFormatName =
  | "vmdk"
  | "vhdx"
  | "vhd"
  | "qed"
  | "vdi"
  | "parallels"
  | "luks"
  | "gzip"
  | "xz"
  | "zstd"
  | "bzip2"
  | "zip";

interface Signature {
  readonly format: ForeignFormatName;
  readonly offset: number;
  readonly bytes: Buffer;
}

const text = (format: ForeignFormatName, mark: string, offset = 0): Signature => ({
  format,
  offset,
  bytes: Buffer.from(mark, "latin1"),
});
const hex = (format: ForeignFormatName, mark: string, offset = 0): Signature => ({
  format,
  offset,
  bytes: Buffer.from(mark, "hex"),
});

const signatures: readonly Signature[] = [
  text("vmdk", "KDMV"),
  text("vmdk", "COWD"),
  text("vmdk", "# Disk DescriptorFile"),
  text("vhdx", "vhdxfile"),
  text("vhd", "conectix"),
  text("qed", "QED\0"),
  hex("vdi", "7f10dabe", 0x40),
  text("parallels", "WithoutFreeSpace"),
  text("parallels", "WithouFreSpacExt"),
  text("luks", "LUKS\xba\xbe"),
  hex("gzip", "1f8b08"),
  hex("xz", "fd377a585a00"),
  hex("zstd", "28b52ffd"),
  text("bzip2", "BZh"),
  text("zip", "PK\x03\x04"),
];

/** A fixed VHD is a raw disk with this 512-byte footer (older writers: 511 bytes) and no header. */
const vhdFooterOffsets = [512, 511];

export const findForeignFormat = (reader: HeaderReader): ForeignFormat | undefined => {
  const found = signatures.find(({ offset, bytes }) =>
    reader.head.subarray(offset, offset + bytes.length).equals(bytes),
  );
  if (found !== undefined) return { ...found, hint: hintFor(found.format) };
  for (const back of vhdFooterOffsets) {
    const offset = reader.sizeBytes - back;
    if (reader.read(offset, 8).toString("latin1") === "conectix") {
      return { format: "vhd", offset, hint: hintFor("vhd") };
    }
  }
  return undefined;
};

const converters: Partial<Record<ForeignFormatName, string>> = {
  vmdk: "vmdk",
  vhdx: "vhdx",
  vhd: "vpc",
  qed: "qed",
  vdi: "vdi",
  parallels: "parallels",
};

const hintFor = (format: ForeignFormatName): string => {
  const driver = converters[format];
  if (driver !== undefined) return `Convert it: qemu-img convert -f ${driver} -O qcow2 IN OUT`;
  if (format === "luks") return "Give the image before it is encrypted";
  return `Unpack it first (${format})`;
};
