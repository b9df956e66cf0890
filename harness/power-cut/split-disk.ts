import { join } from "node:path";
import {
  type Partition,
  type PartitionTable,
  readPartitionTable,
} from "../../images/partition-table.ts";
import type { Backing } from "../../qemu/machine-spec.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { ImageError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";
import { findMarkOffset } from "./marks.ts";
import type { Segment } from "./segmented-file.ts";
import type { Range } from "./write-log.ts";

/** How a disk is laid out. */
export interface DiskLayout {
  readonly sizeBytes: number;
  /** In the order of their places. A disk without a table is one partition, number 0. */
  readonly partitions: readonly Partition[];
  /** Where the guest of the disk is to write its marks: in a gap of its partition table, or else in its last MiB. */
  readonly markOffset: number;
}

/**
 * Reads how a disk is laid out.
 * @param workDir for a copy of its first sectors.
 * @throws {ImageError} IMAGE_UNUSABLE when its partition table is damaged, or partitions lie over each other.
 */
export const readLayout = async (base: Backing, workDir: string): Promise<DiskLayout> => {
  const qemuImg = new QemuImg((await resolveToolchain()).qemuImg);
  const sizeBytes = (await qemuImg.info(base)).virtualBytes;
  const head = join(workDir, "head.raw");
  const lengthBytes = Math.min(2 * MiB, sizeBytes);
  await qemuImg.extractSlice(base, { offsetBytes: 0, lengthBytes }, head);
  const table = readPartitionTable(head);
  const markOffset = findMarkOffset(table, sizeBytes) ?? Math.floor(sizeBytes / MiB - 1) * MiB;
  return { sizeBytes, partitions: partitionsOf(table, base, sizeBytes), markOffset };
};

const partitionsOf = (
  table: PartitionTable,
  { path }: Backing,
  sizeBytes: number,
): readonly Partition[] => {
  if (table.scheme === "none") {
    return [{ index: 0, label: "", typeGuid: "", startByte: 0, sizeBytes }];
  }
  const sorted = table.partitions.toSorted((a, b) => a.startByte - b.startByte);
  for (const [at, { index, ...range }] of sorted.entries()) {
    const next = sorted[at + 1]?.startByte ?? sizeBytes;
    if (range.startByte + range.sizeBytes > next) {
      throw new ImageError(
        "IMAGE_UNUSABLE",
        `Expected the partitions of ${path} side by side, but partition ${index} ends at byte ${range.startByte + range.sizeBytes}, beyond ${next}`,
        { hint: "sgdisk --verify tells more" },
      );
    }
  }
  return sorted;
};

/** Copies a disk into sparse files, one for each partition and each gap. */
export const splitDisk = async (
  base: Backing,
  { partitions, sizeBytes }: DiskLayout,
  directory: string,
): Promise<readonly Segment[]> => {
  const qemuImg = new QemuImg((await resolveToolchain()).qemuImg);
  const segments = rangesOf(partitions, sizeBytes).map((range) => ({
    ...range,
    path: join(directory, `bytes-${range.startByte}.raw`),
  }));
  for (const { path, startByte: offsetBytes, sizeBytes: lengthBytes } of segments) {
    await qemuImg.extractSlice(base, { offsetBytes, lengthBytes }, path);
  }
  return segments;
};

const rangesOf = (partitions: readonly Range[], sizeBytes: number): readonly Range[] => {
  const ranges: Range[] = [];
  let from = 0;
  for (const { startByte, sizeBytes: length } of [
    ...partitions,
    { startByte: sizeBytes, sizeBytes: 0 },
  ]) {
    if (startByte > from) ranges.push({ startByte: from, sizeBytes: startByte - from });
    if (length > 0) ranges.push({ startByte, sizeBytes: length });
    from = startByte + length;
  }
  return ranges;
};
