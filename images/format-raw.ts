// What the bytes of a raw disk start with. Offsets: UEFI 2.10 §5 (GPT, MBR), kernel Documentation/filesystems, ECMA-119.
import type { HeaderReader } from "./header-reader.ts";

export type RawContent =
  | { readonly kind: "gpt"; readonly sectorBytes: 512 | 4096 }
  | { readonly kind: "mbr" }
  | { readonly kind: "filesystem"; readonly type: FilesystemType }
  /** Bytes that no firmware can boot and no kernel can mount. */
  | { readonly kind: "not-an-image"; readonly seen: string };

type FilesystemType = "ext4" | "xfs" | "btrfs" | "squashfs" | "erofs" | "vfat" | "iso9660";

/** Says what a file holds that is in none of the container formats. */
export const readRawContent = (reader: HeaderReader): RawContent => {
  const { head } = reader;
  for (const sectorBytes of [512, 4096] as const) {
    if (hasBytes(head, sectorBytes, "EFI PART")) return { kind: "gpt", sectorBytes };
  }
  const type = filesystemType(head);
  // A hybrid ISO has an MBR and boots as a disk; a FAT boot sector only looks like an MBR.
  if (type === "vfat") return { kind: "filesystem", type };
  if (hasMbrPartition(head)) return { kind: "mbr" };
  if (type !== undefined) return { kind: "filesystem", type };
  return { kind: "not-an-image", seen: describe(head, reader.sizeBytes) };
};

const filesystemMarks: readonly {
  readonly type: FilesystemType;
  readonly offset: number;
  readonly mark: string;
}[] = [
  { type: "vfat", offset: 54, mark: "FAT1" },
  { type: "vfat", offset: 82, mark: "FAT32" },
  { type: "ext4", offset: 1024 + 56, mark: "\x53\xef" },
  { type: "xfs", offset: 0, mark: "XFSB" },
  { type: "squashfs", offset: 0, mark: "hsqs" },
  { type: "erofs", offset: 1024, mark: "\xe2\xe1\xf5\xe0" },
  { type: "btrfs", offset: 65_536 + 64, mark: "_BHRfS_M" },
  { type: "iso9660", offset: 32_769, mark: "CD001" },
];

const filesystemType = (head: Buffer): FilesystemType | undefined =>
  filesystemMarks.find(({ offset, mark }) => hasBytes(head, offset, mark))?.type;

const hasBytes = (head: Buffer, offset: number, mark: string): boolean =>
  head.subarray(offset, offset + mark.length).equals(Buffer.from(mark, "latin1"));

/** The 55 AA mark alone is chance (1 in 65,536 random files): a used entry with a valid status byte must be there. */
const hasMbrPartition = (head: Buffer): boolean => {
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa_55) return false;
  const entries = [0, 1, 2, 3].map((index) => head.subarray(446 + index * 16, 462 + index * 16));
  const isSound = entries.every((entry) => entry[0] === 0 || entry[0] === 0x80);
  return isSound && entries.some((entry) => entry[4] !== 0 && entry.readUInt32LE(12) > 0);
};

const describe = (head: Buffer, sizeBytes: number): string => {
  if (sizeBytes === 0) return "an empty file";
  if (hasBytes(head, 0, "\x7fELF")) return "an ELF program";
  if (hasBytes(head, 0, "MZ")) return "a kernel or an EFI program";
  if (hasBytes(head, 0, "070701")) return "a cpio archive (an initrd?)";
  if (hasBytes(head, 257, "ustar")) return "a tar archive";
  if (head.every((byte) => byte === 0)) return `${head.length} zero bytes`;
  if (head.subarray(0, 512).every(isTextByte)) return "text";
  return "neither a partition table nor a known file system";
};

const isTextByte = (byte: number): boolean =>
  (byte >= 0x20 && byte !== 0x7f) || byte === 9 || byte === 10 || byte === 13;
