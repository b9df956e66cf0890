// What an oracle sees of one crash state: the disk as it lies, its ext4 file systems as a loader and as the kernel would
// read them. Answers are kept by the content that they depend on, for most states differ in one partition only.
import { join } from "node:path";
import type { Partition } from "../../images/partition-table.ts";
import { errorCodeOf } from "../core/errors.ts";
import type { FileNode, TreeNode } from "../inspect/tree.ts";
import { blockBytes } from "./changed-blocks.ts";
import { type DirectVolume, openDirectVolume } from "./ext4/direct-volume.ts";
import { fileDigest } from "./file-digest.ts";
import { type RangeSource, rangeDigest } from "./range-digest.ts";
import { type Replayed, withReplayed } from "./replay.ts";
import { type VfatLook, vfatLook } from "./vfat-look.ts";
import type { WorkingDisk } from "./working-disk.ts";
import type { Range } from "./write-log.ts";

export interface DiskView {
  /** As they were before the recording. A disk without a table is one partition, number 0. */
  readonly partitions: readonly Partition[];
  readonly sizeBytes: number;
  read(offset: number, length: number): Buffer;
  /**
   * An ext4 file system as a loader reads it, without replay.
   * @throws {ImageError} IMAGE_UNUSABLE when it is none.
   */
  loaderVolume(partition: Partition): LookedAt;
  /** An ext4 file system as the kernel mounts it, with what e2fsck says; undefined, without a look, where it is none. */
  kernelVolume<T>(
    partition: Partition,
    look: (volume: LookedAt, check: Replayed) => T,
  ): Promise<T | undefined>;
  /**
   * A FAT file system, which has no journal.
   * @throws {ImageError} IMAGE_UNUSABLE when it is none.
   */
  vfatVolume(partition: Partition): VfatLook;
  /** As `rangeDigest` names it. */
  rangeDigest(startByte: number, sizeBytes: number): string;
  /** `make`'s answer for the present content of these partitions, made once for each. */
  memoised<T>(
    what: string,
    partitions: readonly Partition[],
    make: () => Promise<T> | T,
  ): Promise<T>;
}

/** A file system with digests of its files. */
export interface LookedAt {
  readonly volume: DirectVolume;
  /** sha256 of a file's content as hex; undefined when it cannot be read. */
  digest(file: FileNode | TreeNode): string | undefined;
}

export interface ViewFactory {
  /** Of the state that the disk has now. */
  view(): DiskView;
  /** e2fsck was run that many times. */
  readonly replays: number;
}

interface Memo {
  readonly answers: Map<string, Promise<unknown>>;
  readonly digests: Map<string, string>;
}

/** More answers than that are of no use to anybody: the oldest go. */
const maxAnswers = 20_000;

export const viewsOf = (
  disk: WorkingDisk,
  partitions: readonly Partition[],
  workDir: string,
): ViewFactory => {
  const memo: Memo = { answers: new Map(), digests: new Map() };
  let replays = 0;
  const source: RangeSource = {
    read: (offset, length) => disk.read(offset, length),
    versionOf: (block) => disk.blockVersion(block),
    known: memo.digests,
  };
  const view: DiskView = {
    partitions,
    sizeBytes: disk.sizeBytes,
    read: (offset, length) => disk.read(offset, length),
    loaderVolume: (partition) => lookAt(disk, partition, memo, new Set()),
    kernelVolume: (partition, look) => {
      replays += 1;
      const undoPath = join(workDir, `undo-${partition.index}`);
      return withReplayed(disk.fileOf(partition), undoPath, (replayed) => {
        const replayedBlocks = blocksOf(partition, replayed.changed);
        const looked = ifUsable(() => lookAt(disk, partition, memo, replayedBlocks));
        return looked === undefined ? undefined : look(looked, replayed);
      });
    },
    vfatVolume: (partition) => vfatLook(source, partition),
    rangeDigest: (startByte, sizeBytes) => rangeDigest(source, startByte, sizeBytes),
    memoised: async (what, of, make) => {
      const key = [what, ...of.map((partition) => disk.contentKey(partition))].join("|");
      const known = memo.answers.get(key);
      if (known !== undefined) return (await known) as Awaited<ReturnType<typeof make>>;
      const made = Promise.resolve().then(make);
      memo.answers.set(key, made);
      const [oldest] = memo.answers.keys();
      if (memo.answers.size > maxAnswers && oldest !== undefined) memo.answers.delete(oldest);
      return await made;
    },
  };
  return {
    view: () => view,
    get replays() {
      return replays;
    },
  };
};

/** undefined for what is no such file system. */
export const ifUsable = <T>(open: () => T): T | undefined => {
  try {
    return open();
  } catch (error) {
    if (errorCodeOf(error) !== "IMAGE_UNUSABLE") throw error;
    return undefined;
  }
};

const lookAt = (
  disk: WorkingDisk,
  { startByte, sizeBytes }: Partition,
  { digests }: Memo,
  replayed: ReadonlySet<number>,
): LookedAt => {
  const volume = openDirectVolume((offset, length) =>
    offset < 0 || offset >= sizeBytes
      ? Buffer.alloc(0)
      : disk.read(startByte + offset, Math.min(length, sizeBytes - offset)),
  );
  const versionOf = (block: number): bigint | "unknown" | undefined =>
    replayed.has(block) ? "unknown" : disk.blockVersion(block);
  const digest = (file: TreeNode): string | undefined =>
    fileDigest(volume, file, { startByte, versionOf, known: digests });
  return { volume, digest };
};

/** 4 KiB blocks of the disk. */
const blocksOf = (partition: Range, ranges: readonly Range[]): ReadonlySet<number> => {
  const blocks = new Set<number>();
  for (const { startByte: offset, sizeBytes } of ranges) {
    const startByte = partition.startByte + offset;
    for (
      let block = Math.floor(startByte / blockBytes);
      block * blockBytes < startByte + sizeBytes;
      block += 1
    ) {
      blocks.add(block);
    }
  }
  return blocks;
};
