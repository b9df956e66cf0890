import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDiskImage } from "../../../images/builder/disk-image.ts";
import { exec } from "../../core/exec.ts";

/**
 * Makes what somebody without any tool of ours could make: a raw disk that GRUB boots, with a kernel and one static
 * program as its init, which prints a line and waits. No systemd, no agent that answers, no manifest.
 * @param probeDir where vmlinuz and initrd of `probe` are.
 */
export const buildStaticInitDisk = async (
  probeDir: string,
  diskPath: string,
  workDir: string,
): Promise<void> => {
  const boot = join(workDir, "root", "boot");
  mkdirSync(join(boot, "grub"), { recursive: true });
  for (const name of ["vmlinuz", "initrd"]) copyFileSync(join(probeDir, name), join(boot, name));
  const menu = [
    "linux /boot/vmlinuz console=ttyS0 no_timer_check bootwright.probe=hang",
    "initrd /boot/initrd",
    "boot",
    "",
  ];
  writeFileSync(join(boot, "grub", "grub.cfg"), menu.join("\n"));
  const rootTar = join(workDir, "root.tar");
  await exec("tar", ["-C", join(workDir, "root"), "-cf", rootTar, "."]);
  await buildDiskImage({ rootTar, diskPath, workDir, rootMiB: 64 });
};
