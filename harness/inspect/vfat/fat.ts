// Layout: "Microsoft Extensible Firmware Initiative FAT32 File System Specification" 1.03. Counts and offsets come from a
// hostile file: each is bounded, and what lies outside of the volume reads as short.
import type { HeaderReader } from "../../../images/header-reader.ts";
import { ImageError } from "../../core/errors.ts";
import { MiB } from "../../core/units.ts";
import type { BlockSource } from "../file-bytes.ts";
import type { Extent } from "../volume.ts";

/** The clusters of one FAT file system. */
export interface Fat {
  readonly clusterBytes: number;
  /** Block n is cluster n + 2. */
  readonly data: BlockSource;
  /** Clusters from `first` on, at most `count`; undefined when they lead out of the volume or in a circle. */
  chain(first: number, count: number): readonly number[] | undefined;
  /** Their content; undefined also when it is larger than `maxBytes`. */
  readChain(first: number, maxBytes: number): Buffer | undefined;
  readRoot(maxBytes: number): Buffer | undefined;
}

interface Geometry {
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  readonly fatStart: number;
  readonly fatBytes: number;
  readonly rootStart: number;
  readonly rootBytes: number;
  readonly dataStart: number;
  readonly clusters: number;
  /** Of FAT32, where the root is a chain of clusters. */
  readonly rootCluster: number;
}

/** A file system of 64 GiB has no more. */
const maxFatBytes = 64 * MiB;
/** Values from here on end a chain: 0xff8, 0xfff8, 0x0ffffff8. */
const firstEnd = { 12: 0xff8, 16: 0xfff8, 32: 0x0fff_fff8 } as const;

export const openFat = (
  disk: Pick<HeaderReader, "path" | "read">,
  { startByte, sizeBytes }: Extent,
): Fat => {
  const read = (offset: number, length: number): Buffer =>
    offset < 0 || offset >= sizeBytes
      ? Buffer.alloc(0)
      : disk.read(startByte + offset, Math.min(length, sizeBytes - offset));
  const geometry = geometryOf(read(0, 512));
  if (geometry === undefined) {
    throw new ImageError(
      "IMAGE_UNUSABLE",
      `Expected the first sector of a FAT file system at offset ${startByte} of ${disk.path}, but its numbers make no sense`,
      { hint: "Copy or build the image again; fsck.fat -n tells more" },
    );
  }
  const { clusterBytes, clusters, dataStart } = geometry;
  const bits = clusters < 4085 ? 12 : clusters < 65_525 ? 16 : 32;
  const table = readWhole(read, geometry.fatStart, geometry.fatBytes);
  const next = (cluster: number): number => entryOf(table, bits, cluster);
  const chain = (first: number, count: number): readonly number[] | undefined => {
    const found: number[] = [];
    for (let cluster = first; found.length < count; cluster = next(cluster)) {
      if (cluster >= firstEnd[bits]) break;
      if (cluster < 2 || cluster > clusters + 1 || found.length > clusters) return undefined;
      found.push(cluster);
    }
    return found;
  };
  const data: BlockSource = {
    blockBytes: clusterBytes,
    read: (offset, length) => read(dataStart + offset, length),
  };
  const readChain = (first: number, maxBytes: number): Buffer | undefined => {
    const limit = Math.floor(maxBytes / clusterBytes);
    const found = chain(first, limit + 1);
    if (found === undefined || found.length > limit) return undefined;
    return Buffer.concat(
      found.map((cluster) => data.read((cluster - 2) * clusterBytes, clusterBytes)),
    );
  };
  return {
    clusterBytes,
    data,
    chain,
    readChain,
    readRoot: (maxBytes) =>
      bits === 32
        ? readChain(geometry.rootCluster, maxBytes)
        : read(geometry.rootStart, geometry.rootBytes),
  };
};

const geometryOf = (sector: Buffer): Geometry | undefined => {
  if (sector.length < 512) return undefined;
  const sectorBytes = sector.readUInt16LE(11);
  const clusterBytes = sectorBytes * (sector[13] ?? 0);
  const fats = sector[16] ?? 0;
  const rootBytes = sector.readUInt16LE(17) * 32;
  const fatBytes = (sector.readUInt16LE(22) || sector.readUInt32LE(36)) * sectorBytes;
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const fatStart = sector.readUInt16LE(14) * sectorBytes;
  const rootStart = fatStart + fats * fatBytes;
  const dataStart = rootStart + Math.ceil(rootBytes / (sectorBytes || 1)) * sectorBytes;
  const clusters = Math.floor((sectors * sectorBytes - dataStart) / (clusterBytes || 1));
  const isSound =
    [512, 1024, 2048, 4096].includes(sectorBytes) &&
    clusterBytes > 0 &&
    clusterBytes <= 2 * MiB &&
    fats >= 1 &&
    fats <= 4 &&
    fatBytes > 0 &&
    fatBytes <= maxFatBytes &&
    clusters > 0;
  if (!isSound) return undefined;
  const rootCluster = sector.readUInt32LE(44);
  return {
    ...{ sectorBytes, clusterBytes, fatStart, fatBytes, rootStart, rootBytes, dataStart },
    ...{ clusters, rootCluster },
  };
};

/** What lies beyond the table ends a chain, as a broken value does. */
const entryOf = (table: Buffer, bits: 12 | 16 | 32, cluster: number): number => {
  const at = Math.floor((cluster * bits) / 8);
  if (at + bits / 8 > table.length) return 0;
  if (bits === 32) return table.readUInt32LE(at) & 0x0fff_ffff;
  if (bits === 16) return table.readUInt16LE(at);
  const pair = table.readUInt16LE(Math.min(at, table.length - 2));
  return cluster % 2 === 0 ? pair & 0xfff : pair >> 4;
};

const readWhole = (
  read: (offset: number, length: number) => Buffer,
  offset: number,
  length: number,
): Buffer => {
  const pieces: Buffer[] = [];
  for (let done = 0; done < length; ) {
    const piece = read(offset + done, length - done);
    if (piece.length === 0) break;
    pieces.push(piece);
    done += piece.length;
  }
  return Buffer.concat(pieces);
};
