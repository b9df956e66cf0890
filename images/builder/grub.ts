import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { toolData, toolPath } from "../../harness/core/tool.ts";
import { sectorBytes } from "./disk-layout.ts";

/** Where GRUB finds its menu: a folder on the partition with that label. */
export interface MenuHome {
  readonly label: string;
  readonly folder: string;
}

export const menuOnRoot: MenuHome = { label: "root", folder: "/boot/grub" };
export const menuOnBoot: MenuHome = { label: "boot", folder: "/grub" };

/** The first lines that a GRUB runs, so that it finds its menu. */
export const menuSearch = ({ label, folder }: MenuHome): string =>
  `search --no-floppy --label ${label} --set=root\nset prefix=($root)${folder}\nconfigfile $prefix/grub.cfg\n`;

export const biosModules: readonly string[] =
  "biosdisk part_gpt ext2 search search_label normal linux serial terminal echo test configfile".split(
    " ",
  );

/** Builds a GRUB for a BIOS that finds its menu; returns the path of the core image. */
export const buildGrubForBios = async (
  home: MenuHome,
  workDir: string,
  modules: readonly string[] = biosModules,
): Promise<string> => {
  const early = join(workDir, "early.cfg");
  writeFileSync(early, menuSearch(home));
  const core = join(workDir, "grub-i386-pc");
  await exec(toolPath("grub-mkimage"), [
    ...["-O", "i386-pc", "-d", toolData("/usr/lib/grub/i386-pc")],
    ...["-p", home.folder, "-c", early, "-o", core],
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
