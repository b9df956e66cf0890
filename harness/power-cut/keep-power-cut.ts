import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import type { Backing } from "../../qemu/machine-spec.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import {
  type PowerCutRecord,
  powerCutFiles,
  powerCutFolder,
  readPowerCutRecord,
} from "../results/power-cut-record.ts";

export interface KeptPowerCut {
  readonly record: PowerCutRecord;
  /** The log of QEMU's blklogwrites. */
  readonly logPath: string;
  /** The image's file, of which the system's disk is an overlay. */
  readonly image: Backing;
  /** The disk as it was when recording began. */
  readonly base: Backing;
}

/**
 * Leaves in the run directory what `bootwright repro` makes bad states from.
 * @returns the folder, relative to the run directory.
 */
export const keepPowerCut = async (
  runDirectory: string,
  { record, logPath, image, base }: KeptPowerCut,
): Promise<string> => {
  const folder = join(powerCutFiles.directory, powerCutFolder(record));
  const directory = join(runDirectory, folder);
  mkdirSync(directory, { recursive: true });
  const packed = createWriteStream(join(directory, powerCutFiles.log));
  await pipeline(createReadStream(logPath), createZstdCompress(), packed);
  const qemuImg = new QemuImg((await resolveToolchain()).qemuImg);
  const basePath = join(directory, powerCutFiles.base);
  if (record.disk !== "system") await qemuImg.flatten(base, basePath);
  else if (base.path !== image.path) await qemuImg.copyOver(image, base, basePath);
  writeFileAtomic(
    join(directory, powerCutFiles.record),
    Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
  );
  return folder;
};

/**
 * Unpacks the log of a kept step to `logPath`.
 * @throws {BootwrightError} RESULTS_INVALID when the folder has no readable record.
 */
export const openKeptPowerCut = async (
  directory: string,
  logPath: string,
): Promise<PowerCutRecord> => {
  const record = readPowerCutRecord(directory);
  await pipeline(
    createReadStream(join(directory, powerCutFiles.log)),
    createZstdDecompress(),
    createWriteStream(logPath, { flags: "wx", mode: 0o600 }),
  );
  return record;
};
