import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { KiB } from "../../harness/core/units.ts";
import type { NodeArchives } from "./debian-root.ts";
import { diskBytesOf, type LaidPartition, partitionOf, sfdiskScript } from "./disk-layout.ts";
import { buildGrubForBios, installGrubForBios, menuOnBoot, menuOnRoot } from "./grub.ts";
import { sourceDateEpoch } from "./mmdebstrap.ts";
import { type EspFile, signedLoader } from "./signed-loader.ts";

/** Makes a bootable raw disk (BIOS and UEFI) from archives of its file systems: no mounts, no loop device, no root. */
export const buildDiskImage = async (options: {
  readonly archives: NodeArchives;
  readonly layout: readonly LaidPartition[];
  readonly diskPath: string;
  readonly workDir: string;
  readonly onLine: (line: string) => void;
}): Promise<void> => {
  const { archives, layout, diskPath, workDir, onLine } = options;
  const disk = openSync(diskPath, "wx");
  ftruncateSync(disk, diskBytesOf(layout));
  closeSync(disk);
  await exec(toolPath("sfdisk"), ["--quiet", "--no-reread", diskPath], {
    input: sfdiskScript(layout),
  });
  await makeExt4(diskPath, archives.root, partitionOf(layout, "root"), "1");
  if (archives.boot !== undefined)
    await makeExt4(diskPath, archives.boot, partitionOf(layout, "boot"), "2");
  const home = archives.boot === undefined ? menuOnRoot : menuOnBoot;
  const esp = partitionOf(layout, "esp");
  await makeEsp(diskPath, await signedLoader(home, workDir, onLine), esp, workDir);
  const bios = partitionOf(layout, "bios");
  installGrubForBios(diskPath, await buildGrubForBios(home, workDir), bios.startByte);
};

// mke2fs reads the archive itself since 1.47.1, ownership included. The number tells the file systems of a disk apart.
const makeExt4 = (
  diskPath: string,
  archive: string,
  { name, startByte, sizeBytes }: LaidPartition,
  number: string,
): Promise<unknown> =>
  exec(
    toolPath("mke2fs"),
    [
      ...["-q", "-F", "-t", "ext4", "-L", name, "-m", "0", "-d", archive],
      // A superblock has 1 KiB, and a disk promises no more than its sectors: one of which half is new when the power goes fails its
      // checksum, and then no kernel mounts the file system (docs/decisions/0014).
      ...["-O", "^metadata_csum"],
      ...["-U", `b0075001-0000-4000-8000-0000000000${number}0`],
      ...[
        "-E",
        `offset=${startByte},hash_seed=b0075001-0000-4000-8000-0000000000${number}1,lazy_itable_init=0,lazy_journal_init=0`,
      ],
      diskPath,
      `${sizeBytes / KiB}k`,
    ],
    { env: { SOURCE_DATE_EPOCH: sourceDateEpoch } },
  );

/** Makes the EFI system partition of a disk, with these files. */
export const makeEsp = async (
  diskPath: string,
  files: readonly EspFile[],
  { startByte, sizeBytes }: LaidPartition,
  workDir: string,
): Promise<void> => {
  const env = { SOURCE_DATE_EPOCH: sourceDateEpoch, MTOOLS_SKIP_CHECK: "1" };
  const esp = join(workDir, "esp.img");
  await exec(toolPath("mkfs.vfat"), ["--invariant", "-n", "ESP", "-C", esp, `${sizeBytes / KiB}`], {
    env,
  });
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  await exec(toolPath("mmd"), ["-i", esp, ...[...folders].map((folder) => `::${folder}`)], { env });
  for (const { source, path } of files) {
    await exec(toolPath("mcopy"), ["-i", esp, source, `::${path}`], { env });
  }
  await exec("dd", [
    ...[`if=${esp}`, `of=${diskPath}`, "bs=1M", `seek=${startByte / 1_048_576}`],
    ...["conv=notrunc,sparse", "status=none"],
  ]);
};

/** From the top down. */
const foldersAbove = (path: string): string[] => {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
};
