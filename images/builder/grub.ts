import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { toolData, toolPath } from "../../harness/core/tool.ts";
import { sectorBytes } from "./disk-layout.ts";

const shared =
  "part_gpt ext2 search search_label normal linux serial terminal echo test configfile".split(" ");
const platforms: Readonly<Record<"i386-pc" | "x86_64-efi", readonly string[]>> = {
  "i386-pc": ["biosdisk", ...shared],
  "x86_64-efi": ["fat", ...shared],
};

/**
 * Builds a GRUB that finds its menu on the partition labelled `root`; returns the path of the core image.
 * @param modules in addition to what our own images need.
 */
export const buildGrub = async (
  platform: keyof typeof platforms,
  workDir: string,
  modules: readonly string[] = [],
): Promise<string> => {
  const early = join(workDir, "early.cfg");
  writeFileSync(
    early,
    "search --no-floppy --label root --set=root\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n",
  );
  const core = join(workDir, `grub-${platform}`);
  await exec(toolPath("grub-mkimage"), [
    ...["-O", platform, "-d", toolData(`/usr/lib/grub/${platform}`)],
    ...["-p", "/boot/grub", "-c", early, "-o", core],
    ...platforms[platform],
    ...modules,
  ]);
  return core;
};

/**
 * Writes GRUB's boot sector and core image to a GPT disk without mounts, loop devices or grub-install. The two fields
 * are GRUB's own: the sector of the core image in boot.img (kernel_sector, 0x5c) and the first block list entry of the
 * core image (0x1f4 of its first sector); 0x66 holds the jump that skips drives without LBA support.
 */
export const installGrubForBios = (
  diskPath: string,
  corePath: string,
  biosStartByte: number,
): void => {
  const sector = biosStartByte / sectorBytes;
  const bootSector = readFileSync(toolData("/usr/lib/grub/i386-pc/boot.img")).subarray(0, 440);
  bootSector.writeBigUInt64LE(BigInt(sector), 0x5c);
  bootSector.writeUInt16LE(0x9090, 0x66);
  const core = readFileSync(corePath);
  core.writeBigUInt64LE(BigInt(sector + 1), 0x1f4);
  const disk = openSync(diskPath, "r+");
  try {
    writeSync(disk, bootSector, 0, bootSector.length, 0);
    writeSync(disk, core, 0, core.length, biosStartByte);
  } finally {
    closeSync(disk);
  }
};
