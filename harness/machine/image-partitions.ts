import { join } from "node:path";
import { identifyImageFile } from "../../images/image-file.ts";
import { type PartitionTable, readPartitionTable } from "../../images/partition-table.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { tempDir } from "../core/tmp.ts";
import { MiB } from "../core/units.ts";
import type { BootFiles } from "./machine-plan.ts";

/** The whole GPT and MBR lie before the first partition, which no tool puts below 1 MiB. */
const headBytes = MiB;

/**
 * The partition table of a disk image, also of one inside of a qcow2 file.
 * @throws {ImageError} IMAGE_UNUSABLE when a GPT is damaged.
 */
export const imagePartitions = async (
  { path, format }: Extract<BootFiles, { kind: "disk" }>,
  toolchain: Toolchain,
): Promise<PartitionTable> => {
  const { content } = identifyImageFile(path);
  if (format === "raw" || content.kind !== "qcow2") return readPartitionTable(path);
  await using work = await tempDir();
  const head = join(work.path, "head.raw");
  const lengthBytes = Math.min(headBytes, content.header.virtualSizeBytes);
  const qemuImg = new QemuImg(toolchain.qemuImg);
  await qemuImg.extractSlice({ path, format }, { offsetBytes: 0, lengthBytes }, head);
  return readPartitionTable(head);
};
