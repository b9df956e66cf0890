// Format: https://docs.kernel.org/driver-api/early-userspace/buffer-format.html: archives, packed or not, one behind the
// other with zeroes between them; a later file takes the place of an earlier one of its name.
import { inflateRawSync, zstdDecompressSync } from "node:zlib";
import { MiB } from "../../core/units.ts";
import { CpioTree, isCpio } from "./cpio-tree.ts";

export interface UnpackedInitrd {
  readonly tree: CpioTree;
  /** How its archives are packed, in order. */
  readonly packings: readonly string[];
  /** Why what follows is not known, when something is not. */
  readonly problem?: string;
}

/** Of all packed archives of one initrd together. */
const maxUnpackedBytes = 512 * MiB;
/** By their first bytes: kernel lib/decompress.c. */
const packings: readonly { readonly name: string; readonly mark: string }[] = [
  { name: "gzip", mark: "\x1f\x8b\x08" },
  { name: "zstd", mark: "\x28\xb5\x2f\xfd" },
  { name: "xz", mark: "\xfd7zXZ\0" },
  { name: "lz4", mark: "\x02\x21\x4c\x18" },
  { name: "bzip2", mark: "BZh" },
  { name: "lzo", mark: "\x89LZO\0" },
  { name: "lzma", mark: "\x5d\0\0" },
];

/** How a file that begins so may be packed; undefined when it is no archive that the kernel takes. */
export const packingOf = (head: Buffer): string | undefined => {
  if (isCpio(head)) return "none";
  const text = head.toString("latin1", 0, 8);
  return packings.find(({ mark }) => text.startsWith(mark))?.name;
};

/** Undefined when the first archive can be unpacked and is not one. */
export const unpackInitrd = (
  image: Buffer,
  maxBytes: number = maxUnpackedBytes,
): UnpackedInitrd | undefined => {
  const tree = new CpioTree();
  const found: string[] = [];
  let room = maxBytes;
  for (let at = skipZeroes(image, 0); at < image.length; at = skipZeroes(image, at)) {
    const part = partAt(image, at, room);
    if (typeof part === "string") return { tree, packings: found, problem: part };
    if (found.length === 0 && !isCpio(part.archives)) return undefined;
    found.push(part.packing);
    const { usedBytes, problem } = addArchives(tree, part);
    if (problem !== undefined) return { tree, packings: found, problem };
    if (part.packing !== "none") room -= part.archives.length;
    at += part.packing === "none" ? usedBytes : part.usedBytes;
  }
  return found.length === 0 ? undefined : { tree, packings: found };
};

interface InitrdPart {
  readonly packing: string;
  /** One or more archives, unpacked. */
  readonly archives: Buffer;
  /** What it takes in the initrd. */
  readonly usedBytes: number;
}

const partAt = (image: Buffer, at: number, room: number): InitrdPart | string => {
  const rest = image.subarray(at);
  const packing = packingOf(rest);
  if (packing === undefined) return `at byte ${at} there is no archive`;
  if (packing === "none") return { packing, archives: rest, usedBytes: 0 };
  const unpacked = unpack(rest, packing, room);
  return typeof unpacked === "string"
    ? unpacked
    : { packing, archives: unpacked.bytes, usedBytes: unpacked.usedBytes };
};

/** What is not packed may be followed by something that is; what is unpacked holds archives only. */
const addArchives = (
  tree: CpioTree,
  { packing, archives }: InitrdPart,
): { readonly usedBytes: number; readonly problem?: string } => {
  if (packing === "none") return tree.add(archives);
  for (let at = skipZeroes(archives, 0); at < archives.length; at = skipZeroes(archives, at)) {
    const { usedBytes, problem } = tree.add(archives.subarray(at));
    if (problem !== undefined) return { usedBytes: at, problem };
    at += usedBytes;
  }
  return { usedBytes: archives.length };
};

const unpack = (
  packed: Buffer,
  packing: string,
  maxOutputLength: number,
): { readonly bytes: Buffer; readonly usedBytes: number } | string => {
  try {
    switch (packing) {
      case "zstd":
        return withInfo(zstdDecompressSync, packed, maxOutputLength);
      case "gzip": {
        const header = gzipHeaderBytes(packed);
        const { bytes, usedBytes } = withInfo(
          inflateRawSync,
          packed.subarray(header),
          maxOutputLength,
        );
        return { bytes, usedBytes: header + usedBytes + gzipTrailerBytes };
      }
      default:
        return `its archive is packed with ${packing}, which this version does not unpack`;
    }
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return code === "ERR_BUFFER_TOO_LARGE"
      ? `unpacked it is larger than the ${maxUnpackedBytes / MiB} MiB that are read`
      : `it cannot be unpacked: ${message}`;
  }
};

interface InfoOptions {
  readonly info: true;
  readonly maxOutputLength: number;
}

/** With `info` Node's functions give the engine as well, whose `bytesWritten` is what it took of its input. */
const withInfo = (
  decompress: (bytes: Buffer, options: InfoOptions) => unknown,
  packed: Buffer,
  maxOutputLength: number,
): { readonly bytes: Buffer; readonly usedBytes: number } => {
  const { buffer, engine } = decompress(packed, { info: true, maxOutputLength }) as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  return { bytes: buffer, usedBytes: engine.bytesWritten };
};

const gzipTrailerBytes = 8;

/** RFC 1952, section 2.3: ten bytes, then what the flags announce. */
const gzipHeaderBytes = (packed: Buffer): number => {
  const flags = packed[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + packed.readUInt16LE(at);
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = packed.indexOf(0, at) + 1;
  return (flags & 2) === 0 ? at : at + 2;
};

const skipZeroes = (bytes: Buffer, start: number): number => {
  let at = start;
  while (at < bytes.length && bytes[at] === 0) at += 1;
  return at;
};
