import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../harness/core/exec.ts";
import { toolData, toolPath } from "../../harness/core/tool.ts";
import { sectorBytes } from "./disk-layout.ts";

type Platform = "i386-pc" | "x86_64-efi";

/** Where GRUB finds its menu: a folder on the partition with that label, and the modules that the menu needs. */
export interface MenuHome {
  readonly label: string;
  readonly folder: string;
  readonly modules: Readonly<Record<Platform, readonly string[]>>;
}

export const menuOnRoot: MenuHome = {
  label: "root",
  folder: "/boot/grub",
  modules: { "i386-pc": [], "x86_64-efi": [] },
};

/** A menu that reads OSTree's syslinux.cfg; on a BIOS GRUB translates its KERNEL into `linux16`. */
export const menuOnBoot: MenuHome = {
  label: "boot",
  folder: "/grub",
  modules: { "i386-pc": ["syslinuxcfg", "linux16"], "x86_64-efi": ["syslinuxcfg"] },
};

const shared =
  "part_gpt ext2 search search_label normal linux serial terminal echo test configfile".split(" ");
const platforms: Readonly<Record<Platform, readonly string[]>> = {
  "i386-pc": ["biosdisk", ...shared],
  "x86_64-efi": ["fat", ...shared],
};

/** Builds a GRUB that finds its menu; returns the path of the core image. */
export const buildGrub = async (
  platform: Platform,
  { label, folder, modules }: MenuHome,
  workDir: string,
): Promise<string> => {
  const early = join(workDir, "early.cfg");
  writeFileSync(
    early,
    `search --no-floppy --label ${label} --set=root\nset prefix=($root)${folder}\nconfigfile $prefix/grub.cfg\n`,
  );
  const core = join(workDir, `grub-${platform}`);
  await exec(toolPath("grub-mkimage"), [
    ...["-O", platform, "-d", toolData(`/usr/lib/grub/${platform}`)],
    ...["-p", folder, "-c", early, "-o", core],
    ...platforms[platform],
    ...modules[platform],
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
