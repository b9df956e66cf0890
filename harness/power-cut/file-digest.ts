// The digest of a file, made once for each place and content: a deployment has thousands of files, of which a state
// touches the blocks of a few.
import { createHash } from "node:crypto";
import type { BlockRun } from "../inspect/file-bytes.ts";
import type { TreeNode } from "../inspect/tree.ts";
import { blockBytes } from "./changed-blocks.ts";
import type { DirectVolume } from "./ext4/direct-volume.ts";

export interface DigestOptions {
  /** Of the volume on the disk. */
  readonly startByte: number;
  /** Names the content of a 4 KiB block of the disk; `unknown` where nobody keeps account. */
  readonly versionOf: (block: number) => bigint | "unknown" | undefined;
  /** Digests by place and content. */
  readonly known: Map<string, string>;
}

/** sha256 as hex; undefined when the file's place makes no sense or its bytes are not there. */
export const fileDigest = (
  volume: DirectVolume,
  { inode, sizeBytes }: TreeNode,
  options: DigestOptions,
): string | undefined => {
  const runs = volume.runsOf(inode);
  if (runs === undefined) return undefined;
  const key = keyOf(volume, runs, sizeBytes, options);
  const known = key === undefined ? undefined : options.known.get(key);
  if (known !== undefined) return known;
  const bytes = volume.open(inode);
  if (bytes === undefined) return undefined;
  const hash = createHash("sha256");
  for (let done = 0; done < sizeBytes; ) {
    const piece = bytes.read(done, sizeBytes - done);
    if (piece.length === 0) return undefined;
    hash.update(piece);
    done += piece.length;
  }
  const digest = hash.digest("hex");
  if (key !== undefined) options.known.set(key, digest);
  return digest;
};

/** undefined: the content is not accounted for. */
const keyOf = (
  { blockBytes: volumeBlockBytes }: DirectVolume,
  runs: readonly BlockRun[],
  sizeBytes: number,
  { startByte, versionOf }: DigestOptions,
): string | undefined => {
  const parts: (string | number | bigint)[] = [startByte, sizeBytes];
  for (const { firstBlock, volumeBlock, blocks } of runs) {
    parts.push(firstBlock, volumeBlock, blocks);
    const start = startByte + volumeBlock * volumeBlockBytes;
    const end = start + blocks * volumeBlockBytes;
    for (let block = Math.floor(start / blockBytes); block * blockBytes < end; block += 1) {
      const version = versionOf(block);
      if (version === "unknown") return undefined;
      if (version !== undefined) parts.push(`v${block}`, version);
    }
  }
  return parts.join(",");
};
