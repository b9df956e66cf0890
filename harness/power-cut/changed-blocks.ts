// Names the content of a range of the disk by what differs there from the disk before the recording, so that a judgement
// is made once for each content. The name is a sum of keyed hashes, of one 4 KiB block each: moving from state to state
// costs only the blocks that change. The key is of this process alone, so that no guest can choose blocks whose sums meet.
import { createHash, randomBytes } from "node:crypto";
import type { Range } from "./write-log.ts";

export interface ChangedBlocks {
  /** To be called with the offsets of all sectors that are about to change, in order. */
  beforeChange(offsets: readonly number[]): void;
  afterChange(offsets: readonly number[]): void;
  /** @param range one of those that were given. */
  keyOf(range: Range): string;
  /** Names the content of one 4 KiB block; undefined: it is what it was first. */
  versionOf(block: number): bigint | undefined;
}

export const blockBytes = 4096;
const sumBits = 128;

export const changedBlocks = (
  ranges: readonly Range[],
  read: (offset: number, length: number) => Buffer,
): ChangedBlocks => {
  const key = randomBytes(32);
  /** What a block that was ever changed had before the first change, and has now. */
  const hashes = new Map<number, { readonly first: bigint; now: bigint }>();
  const sums = new Map<string, bigint>(ranges.map((range) => [nameOf(range), 0n]));
  const hashOf = (block: number): bigint => {
    const hash = createHash("sha256").update(key).update(`${block}:`);
    const digest = hash.update(read(block * blockBytes, blockBytes)).digest();
    return (digest.readBigUInt64LE(0) << 64n) | digest.readBigUInt64LE(8);
  };
  const add = (block: number, difference: bigint): void => {
    const start = block * blockBytes;
    for (const range of ranges) {
      const isInside =
        start < range.startByte + range.sizeBytes && start + blockBytes > range.startByte;
      if (!isInside) continue;
      const name = nameOf(range);
      sums.set(name, BigInt.asUintN(sumBits, (sums.get(name) ?? 0n) + difference));
    }
  };
  return {
    beforeChange: (offsets) => {
      for (const block of blocksOf(offsets)) {
        if (hashes.has(block)) continue;
        const first = hashOf(block);
        hashes.set(block, { first, now: first });
      }
    },
    afterChange: (offsets) => {
      for (const block of blocksOf(offsets)) {
        const known = hashes.get(block);
        if (known === undefined) continue;
        const now = hashOf(block);
        // A block that has its first content again adds nothing.
        const share = (hash: bigint): bigint => (hash === known.first ? 0n : hash);
        add(block, share(now) - share(known.now));
        known.now = now;
      }
    },
    keyOf: (range) => (sums.get(nameOf(range)) ?? 0n).toString(16),
    versionOf: (block) => {
      const known = hashes.get(block);
      return known === undefined || known.now === known.first ? undefined : known.now;
    },
  };
};

const blocksOf = (offsets: readonly number[]): ReadonlySet<number> =>
  new Set(offsets.map((offset) => Math.floor(offset / blockBytes)));

const nameOf = ({ startByte, sizeBytes }: Range): string => `${startByte}+${sizeBytes}`;
