// A FAT file system as firmware, loader and kernel read it: it has no journal.
import { createHash } from "node:crypto";
import { wholeBytes } from "../inspect/file-bytes.ts";
import type { DirectoryNode, TreeNode } from "../inspect/tree.ts";
import { openVfatVolume } from "../inspect/vfat/vfat-volume.ts";
import type { Volume } from "../inspect/volume.ts";
import { blockBytes } from "./changed-blocks.ts";
import type { RangeSource } from "./range-digest.ts";
import type { Range } from "./write-log.ts";

export interface VfatLook {
  readonly root: DirectoryNode;
  readonly problems: readonly string[];
  /** undefined for a file that cannot be read whole, or is larger. */
  content(file: TreeNode, maxBytes: number): Promise<Buffer | undefined>;
  /** sha256 as hex; undefined for a file that cannot be read whole. */
  digest(file: TreeNode): Promise<string | undefined>;
}

/** @throws {ImageError} IMAGE_UNUSABLE when there is no FAT. */
export const vfatLook = (source: RangeSource, range: Range): VfatLook => {
  // Where a file lies is found by reading it without its bytes.
  let places: Range[] | undefined;
  const read = (offset: number, length: number): Buffer => {
    if (places === undefined) return source.read(offset, length);
    const last = places.at(-1);
    if (last !== undefined && last.startByte + last.sizeBytes === offset) {
      places[places.length - 1] = { ...last, sizeBytes: last.sizeBytes + length };
    } else places.push({ startByte: offset, sizeBytes: length });
    return Buffer.alloc(length);
  };
  const volume = openVfatVolume({ path: "the disk", read }, range);
  const content = (file: TreeNode, maxBytes: number): Promise<Buffer | undefined> =>
    file.kind === "file" && file.sizeBytes <= maxBytes
      ? contentOf(volume, file)
      : Promise.resolve(undefined);
  return {
    root: volume.root,
    problems: volume.problems.map(({ where, message }) => `${where}: ${message}`),
    content,
    digest: async (file) => {
      places = [];
      const isWhole = (await content(file, Number.POSITIVE_INFINITY)) !== undefined;
      const found = places;
      places = undefined;
      if (!isWhole) return undefined;
      const key = keyOf(source, file, found);
      const known = source.known.get(key);
      if (known !== undefined) return known;
      const bytes = await content(file, Number.POSITIVE_INFINITY);
      if (bytes === undefined) return undefined;
      const digest = createHash("sha256").update(bytes).digest("hex");
      source.known.set(key, digest);
      return digest;
    },
  };
};

const contentOf = async (volume: Volume, file: TreeNode): Promise<Buffer | undefined> => {
  const bytes = (await volume.open([file])).get(file.inode);
  const whole = bytes === undefined ? undefined : wholeBytes(bytes);
  return whole?.length === file.sizeBytes ? whole : undefined;
};

const keyOf = (
  { versionOf }: RangeSource,
  { sizeBytes }: TreeNode,
  places: readonly Range[],
): string => {
  const parts: (number | bigint | string)[] = ["file", sizeBytes];
  for (const place of places) {
    parts.push(place.startByte, place.sizeBytes);
    const first = Math.floor(place.startByte / blockBytes);
    for (let block = first; block * blockBytes < place.startByte + place.sizeBytes; block += 1) {
      const version = versionOf(block);
      if (version !== undefined) parts.push(`v${block}`, version);
    }
  }
  return parts.join(",");
};
