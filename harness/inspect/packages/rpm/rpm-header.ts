// A package's header as RPM databases keep it: rpm's docs/manual/format_v4.md, lib/header.c, include/rpm/rpmtag.h. Numbers
// are big-endian; counts and offsets come from a hostile file.

import type { PackageDigest } from "../package-database.ts";

export interface RpmPackage {
  readonly name: string;
  /** With the epoch before it, where there is one. */
  readonly version: string;
  readonly architecture: string;
  readonly installedBytes: number;
  /** Hex digits; absent where the package states none. */
  readonly files: readonly { readonly path: string; readonly digest?: PackageDigest }[];
}

const tag = {
  ...{ name: 1000, version: 1001, release: 1002, epoch: 1003, size: 1009, architecture: 1022 },
  ...{ fileDigests: 1035, directoryIndexes: 1116, baseNames: 1117, directoryNames: 1118 },
  ...{ longSize: 5009, digestAlgorithm: 5011 },
} as const;
const type = { int32: 4, int64: 5, string: 6, stringArray: 8, i18nString: 9 } as const;
/** PGP's numbers: RFC 9580, section 9.5. */
const algorithms: ReadonlyMap<number, PackageDigest["algorithm"]> = new Map([
  [1, "md5"],
  [2, "sha1"],
  [8, "sha256"],
  [10, "sha512"],
]);
const maxEntries = 65_536;
const maxFiles = 500_000;

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/** Undefined when it is no header, or has no name and version. Texts are bytes as latin1. */
export const parseRpmHeader = (blob: Buffer): RpmPackage | undefined => {
  const header = openHeader(blob);
  const name = header?.text(tag.name);
  const version = header?.text(tag.version);
  if (header === undefined || name === undefined || version === undefined) return undefined;
  const release = header.text(tag.release);
  const [epoch] = header.numbers(tag.epoch, 1);
  const [size = 0] = [...header.numbers(tag.longSize, 1), ...header.numbers(tag.size, 1)];
  return {
    name,
    version: `${epoch === undefined ? "" : `${epoch}:`}${version}${release === undefined ? "" : `-${release}`}`,
    architecture: header.text(tag.architecture) ?? "",
    installedBytes: size,
    files: filesOf(header),
  };
};

const filesOf = (header: Header): RpmPackage["files"] => {
  const directories = header.texts(tag.directoryNames);
  const indexes = header.numbers(tag.directoryIndexes, maxFiles);
  const digests = header.texts(tag.fileDigests);
  const [number = 1] = header.numbers(tag.digestAlgorithm, 1);
  const algorithm = algorithms.get(number);
  return header.texts(tag.baseNames).flatMap((base, index) => {
    const directory = directories[indexes[index] ?? -1];
    if (directory === undefined) return [];
    const hex = digests[index] ?? "";
    const digest = algorithm === undefined || hex === "" ? {} : { digest: { algorithm, hex } };
    return [{ path: `${directory}${base}`, ...digest }];
  });
};

interface Header {
  text(wanted: number): string | undefined;
  texts(wanted: number): readonly string[];
  numbers(wanted: number, max: number): readonly number[];
}

const openHeader = (blob: Buffer): Header | undefined => {
  if (blob.length < 8) return undefined;
  const count = blob.readUInt32BE(0);
  const dataAt = 8 + count * 16;
  if (count === 0 || count > maxEntries || dataAt > blob.length) return undefined;
  const data = blob.subarray(dataAt, dataAt + blob.readUInt32BE(4));
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index += 1) {
    const at = 8 + index * 16;
    entries.set(blob.readUInt32BE(at), {
      type: blob.readUInt32BE(at + 4),
      offset: blob.readUInt32BE(at + 8),
      count: blob.readUInt32BE(at + 12),
    });
  }
  const texts = (wanted: number): readonly string[] => {
    const entry = entries.get(wanted);
    if (
      entry === undefined ||
      ![type.string, type.stringArray, type.i18nString].some((one) => one === entry.type)
    )
      return [];
    return textsAt(data, entry.offset, Math.min(entry.count, maxFiles));
  };
  return {
    texts,
    text: (wanted) => texts(wanted)[0],
    numbers: (wanted, max) => numbersOf(data, entries.get(wanted), max),
  };
};

/** Each ends with a zero byte. */
const textsAt = (data: Buffer, offset: number, count: number): readonly string[] => {
  const texts: string[] = [];
  for (let at = offset; texts.length < count; ) {
    const end = data.indexOf(0, at);
    if (end === -1 || at >= data.length) break;
    texts.push(data.toString("latin1", at, end));
    at = end + 1;
  }
  return texts;
};

const numbersOf = (data: Buffer, entry: Entry | undefined, max: number): readonly number[] => {
  if (entry === undefined || (entry.type !== type.int32 && entry.type !== type.int64)) return [];
  const width = entry.type === type.int32 ? 4 : 8;
  const room = Math.floor((data.length - entry.offset) / width);
  const numbers: number[] = [];
  for (let index = 0; index < Math.min(entry.count, max, room); index += 1) {
    const at = entry.offset + index * width;
    numbers.push(width === 4 ? data.readUInt32BE(at) : Number(data.readBigUInt64BE(at)));
  }
  return numbers;
};
