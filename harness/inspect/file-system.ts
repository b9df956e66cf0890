// Marks, labels and UUIDs as the formats define them: kernel Documentation/filesystems and fs/*, LUKS on-disk format,
// LVM2's label, veritysetup's superblock, mkswap(8).
import type { FileSystemFact } from "./image-facts.ts";

export type IdentifiedFileSystem = Omit<FileSystemFact, "contents">;

interface Mark {
  readonly kind: FileSystemFact["kind"];
  readonly offset: number;
  readonly bytes: string;
  readonly label?: { readonly offset: number; readonly bytes: number };
  readonly uuid?: { readonly offset: number; readonly form: "guid" | "serial" | "text" };
}

const marks: readonly Mark[] = [
  { kind: "luks", offset: 0, bytes: "LUKS\xba\xbe", uuid: { offset: 168, form: "text" } },
  {
    kind: "xfs",
    offset: 0,
    bytes: "XFSB",
    label: { offset: 108, bytes: 12 },
    uuid: { offset: 32, form: "guid" },
  },
  { kind: "squashfs", offset: 0, bytes: "hsqs" },
  { kind: "verity-hash", offset: 0, bytes: "verity\0\0", uuid: { offset: 16, form: "guid" } },
  {
    kind: "vfat",
    offset: 54,
    bytes: "FAT1",
    label: { offset: 43, bytes: 11 },
    uuid: { offset: 39, form: "serial" },
  },
  {
    kind: "vfat",
    offset: 82,
    bytes: "FAT32",
    label: { offset: 71, bytes: 11 },
    uuid: { offset: 67, form: "serial" },
  },
  { kind: "lvm2", offset: 512, bytes: "LABELONE" },
  {
    kind: "erofs",
    offset: 1024,
    bytes: "\xe2\xe1\xf5\xe0",
    label: { offset: 1088, bytes: 16 },
    uuid: { offset: 1072, form: "guid" },
  },
  {
    kind: "ext4",
    offset: 1080,
    bytes: "\x53\xef",
    label: { offset: 1144, bytes: 16 },
    uuid: { offset: 1128, form: "guid" },
  },
  {
    kind: "swap",
    offset: 4086,
    bytes: "SWAPSPACE2",
    label: { offset: 1052, bytes: 16 },
    uuid: { offset: 1036, form: "guid" },
  },
  { kind: "iso9660", offset: 32_769, bytes: "CD001", label: { offset: 32_808, bytes: 32 } },
  {
    kind: "btrfs",
    offset: 65_600,
    bytes: "_BHRfS_M",
    label: { offset: 65_835, bytes: 256 },
    uuid: { offset: 65_568, form: "guid" },
  },
];

/** How many bytes `identifyFileSystem` wants to see. */
export const headBytes = 69_632;

/** Says what lies in a partition by its first bytes. */
export const identifyFileSystem = (head: Buffer): IdentifiedFileSystem => {
  const mark = marks.find(
    ({ offset, bytes }) => head.toString("latin1", offset, offset + bytes.length) === bytes,
  );
  if (mark === undefined) return { kind: head.every((byte) => byte === 0) ? "empty" : "unknown" };
  const label = mark.label === undefined ? "" : textAt(head, mark.label.offset, mark.label.bytes);
  const uuid = mark.uuid === undefined ? "" : uuidAt(head, mark.uuid.offset, mark.uuid.form);
  return {
    kind: mark.kind === "ext4" ? extKind(head) : mark.kind,
    ...(label === "" || label === "NO NAME" ? {} : { label }),
    ...(uuid === "" ? {} : { uuid }),
  };
};

/** ext3 is ext2 with a journal; what neither knows is ext4: kernel Documentation/filesystems/ext4/super.rst. */
const extKind = (head: Buffer): "ext2" | "ext3" | "ext4" => {
  const [compatible, incompatible, readOnly] = [92, 96, 100].map((at) =>
    head.readUInt32LE(1024 + at),
  );
  const isExt4 = ((incompatible ?? 0) & ~0x16) !== 0 || ((readOnly ?? 0) & ~0x7) !== 0;
  if (isExt4) return "ext4";
  return ((compatible ?? 0) & 0x4) === 0 ? "ext2" : "ext3";
};

const textAt = (head: Buffer, offset: number, length: number): string =>
  head
    .toString("utf8", offset, offset + length)
    .replace(/\0.*$/su, "")
    .trim();

const uuidAt = (head: Buffer, offset: number, form: "guid" | "serial" | "text"): string => {
  if (form === "text") return textAt(head, offset, 40);
  if (form === "serial") {
    const serial = head.readUInt32LE(offset).toString(16).toUpperCase().padStart(8, "0");
    return `${serial.slice(0, 4)}-${serial.slice(4)}`;
  }
  const hex = head.toString("hex", offset, offset + 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
