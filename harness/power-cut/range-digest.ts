// The digest of a large range, such as a root's slot, of which a state touches a few blocks: pieces of 1 MiB are hashed,
// each once for its content, and the digest is that of their digests.
import { createHash } from "node:crypto";
import { MiB } from "../core/units.ts";
import { blockBytes } from "./changed-blocks.ts";

export interface RangeSource {
  read(offset: number, length: number): Buffer;
  /** Names the content of a 4 KiB block of the disk; undefined: it is what it was first. */
  versionOf(block: number): bigint | undefined;
  /** Digests by place and content. */
  readonly known: Map<string, string>;
}

/** Not the sha256 of the bytes, but of the digests of their pieces: equal for equal bytes, wherever they lie. */
export const rangeDigest = (source: RangeSource, startByte: number, sizeBytes: number): string => {
  const hash = createHash("sha256");
  for (let done = 0; done < sizeBytes; done += MiB) {
    hash.update(pieceDigest(source, startByte + done, Math.min(MiB, sizeBytes - done)));
  }
  return hash.digest("hex");
};

const pieceDigest = (
  { read, versionOf, known }: RangeSource,
  startByte: number,
  sizeBytes: number,
): string => {
  const parts: (number | bigint | string)[] = ["range", startByte, sizeBytes];
  const first = Math.floor(startByte / blockBytes);
  for (let block = first; block * blockBytes < startByte + sizeBytes; block += 1) {
    const version = versionOf(block);
    if (version !== undefined) parts.push(`v${block}`, version);
  }
  const key = parts.join(",");
  const digest =
    known.get(key) ?? createHash("sha256").update(read(startByte, sizeBytes)).digest("hex");
  known.set(key, digest);
  return digest;
};
