import { rmSync } from "node:fs";
import { join } from "node:path";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { ImageError } from "../core/errors.ts";
import { sha256OfFile } from "../core/sha256.ts";
import type { StoppedMachine } from "./booted-machine.ts";
import { findPartition } from "./find-partition.ts";
import { imagePartitions } from "./image-partitions.ts";

export interface PartitionDigests {
  /** 1-based, as in /dev/vda1. */
  readonly index: number;
  /** GPT name; may be empty. */
  readonly label: string;
  readonly sizeBytes: number;
  /** sha256 of the partition as the image has it. */
  readonly before: string;
  /** sha256 of the partition as the powered-off machine has it. */
  readonly after: string;
}

/**
 * Hashes the root partition from outside, in the image and in the disk that the guest had: what the guest says does
 * not count here.
 * @throws {ImageError} IMAGE_UNUSABLE when the image has no partition of the name in the manifest.
 */
export const rootPartitionDigests = async (machine: StoppedMachine): Promise<PartitionDigests> => {
  const { manifest, files } = machine.plan;
  const disk = machine.disks.find(({ id }) => id === "system");
  const root = manifest.systemDisk === "none" ? "none" : manifest.systemDisk.rootPartition;
  if (disk === undefined || files.kind !== "disk" || root === "none") {
    throw new ImageError(
      "IMAGE_UNUSABLE",
      `The manifest of ${manifest.name} names no root partition`,
      {
        hint: "Set systemDisk.rootPartition",
      },
    );
  }
  const toolchain = await resolveToolchain();
  const table = await imagePartitions(files, toolchain);
  const partition = findPartition(table, root, files.path);
  const qemuImg = new QemuImg(toolchain.qemuImg);
  const digest = async (path: string, format: "raw" | "qcow2"): Promise<string> => {
    const slice = join(machine.scratchPath, "partition.raw");
    try {
      const range = { offsetBytes: partition.startByte, lengthBytes: partition.sizeBytes };
      await qemuImg.extractSlice({ path, format }, range, slice);
      return await sha256OfFile(slice);
    } finally {
      rmSync(slice, { force: true });
    }
  };
  return {
    index: partition.index,
    label: partition.label,
    sizeBytes: partition.sizeBytes,
    before: await digest(files.path, files.format),
    after: await digest(disk.path, disk.format),
  };
};
