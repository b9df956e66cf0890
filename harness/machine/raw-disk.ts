import { join } from "node:path";
import { identifyImageFile } from "../../images/image-file.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { ImageError } from "../core/errors.ts";
import { formatBytes, GiB } from "../core/units.ts";
import type { BootFiles } from "./machine-plan.ts";
import { roomyDirectory } from "./runtime-directory.ts";

/** An image's disk as bytes that can be read directly, with a private directory beside it; both go when disposed. */
export interface RawDisk extends AsyncDisposable {
  readonly path: string;
  readonly workDir: string;
}

/** A sparse copy of a larger disk may still fill the cache's file system. */
const maxConvertedBytes = 64 * GiB;

/**
 * A raw image is its own disk; a qcow2 image is copied to a sparse file. The image must have been verified: its backing
 * files are opened.
 * @throws {ImageError} IMAGE_UNUSABLE when there is no disk, or a qcow2 disk is too large to be copied.
 */
export const openRawDisk = async (files: BootFiles): Promise<RawDisk> => {
  if (files.kind === "kernel") {
    throw new ImageError(
      "IMAGE_UNUSABLE",
      `Expected an image with a disk, but ${files.kernel} is a kernel that boots with an initrd`,
      { hint: "Give an image whose files are on a disk" },
    );
  }
  await using made = new AsyncDisposableStack();
  const { path: workDir } = made.use(await roomyDirectory());
  const path = files.format === "raw" ? files.path : join(workDir, "disk.raw");
  if (files.format === "qcow2") {
    refuseLargeDisk(files.path);
    const qemuImg = new QemuImg((await resolveToolchain()).qemuImg);
    await qemuImg.convertToRaw({ path: files.path, format: files.format }, path);
  }
  const kept = made.move();
  return { path, workDir, [Symbol.asyncDispose]: () => kept.disposeAsync() };
};

const refuseLargeDisk = (path: string): void => {
  const { content } = identifyImageFile(path);
  const bytes = content.kind === "qcow2" ? content.header.virtualSizeBytes : 0;
  if (bytes <= maxConvertedBytes) return;
  throw new ImageError(
    "IMAGE_UNUSABLE",
    `Expected a disk of at most ${formatBytes(maxConvertedBytes)} in ${path}, but it is of ${formatBytes(bytes)}`,
    { hint: "Convert it yourself where there is room: qemu-img convert -O raw" },
  );
};
