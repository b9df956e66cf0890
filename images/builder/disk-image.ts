import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { KiB } from "../../harness/core/units.ts";
import { diskBytesOf, type LaidPartition, nodeDiskLayout, sfdiskScript } from "./disk-layout.ts";
import { buildGrub, installGrubForBios } from "./grub.ts";
import { sourceDateEpoch } from "./mmdebstrap.ts";

/** Makes a bootable raw disk (BIOS and UEFI) from a root file system archive: no mounts, no loop device, no root. */
export const buildDiskImage = async (options: {
  readonly rootTar: string;
  readonly diskPath: string;
  readonly workDir: string;
  readonly rootMiB: number;
}): Promise<void> => {
  const layout = nodeDiskLayout(options.rootMiB);
  const [bios, esp, root] = layout as [LaidPartition, LaidPartition, LaidPartition];
  const disk = openSync(options.diskPath, "wx");
  ftruncateSync(disk, diskBytesOf(layout));
  closeSync(disk);
  await exec(toolPath("sfdisk"), ["--quiet", "--no-reread", options.diskPath], {
    input: sfdiskScript(layout),
  });
  await makeRootFilesystem(options.diskPath, options.rootTar, root);
  await makeEsp(
    options.diskPath,
    await buildGrub("x86_64-efi", options.workDir),
    esp,
    options.workDir,
  );
  installGrubForBios(options.diskPath, await buildGrub("i386-pc", options.workDir), bios.startByte);
};

// mke2fs reads the archive itself since 1.47.1, ownership included.
const makeRootFilesystem = (
  diskPath: string,
  rootTar: string,
  { startByte, sizeBytes }: LaidPartition,
): Promise<unknown> =>
  exec(
    toolPath("mke2fs"),
    [
      ...["-q", "-F", "-t", "ext4", "-L", "root", "-m", "0", "-d", rootTar],
      ...["-U", "b0075001-0000-4000-8000-000000000010"],
      ...[
        "-E",
        `offset=${startByte},hash_seed=b0075001-0000-4000-8000-000000000011,lazy_itable_init=0,lazy_journal_init=0`,
      ],
      diskPath,
      `${sizeBytes / KiB}k`,
    ],
    { env: { SOURCE_DATE_EPOCH: sourceDateEpoch } },
  );

const makeEsp = async (
  diskPath: string,
  grubEfi: string,
  { startByte, sizeBytes }: LaidPartition,
  workDir: string,
): Promise<void> => {
  const env = { SOURCE_DATE_EPOCH: sourceDateEpoch, MTOOLS_SKIP_CHECK: "1" };
  const esp = join(workDir, "esp.img");
  await exec(toolPath("mkfs.vfat"), ["--invariant", "-n", "ESP", "-C", esp, `${sizeBytes / KiB}`], {
    env,
  });
  await exec(toolPath("mmd"), ["-i", esp, "::EFI", "::EFI/BOOT"], { env });
  await exec(toolPath("mcopy"), ["-i", esp, grubEfi, "::EFI/BOOT/BOOTX64.EFI"], { env });
  await exec("dd", [
    ...[`if=${esp}`, `of=${diskPath}`, "bs=1M", `seek=${startByte / 1_048_576}`],
    ...["conv=notrunc,sparse", "status=none"],
  ]);
};
