import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDiskImage } from "../../../images/builder/disk-image.ts";
import { nodeDiskLayout, partitionOf } from "../../../images/builder/disk-layout.ts";
import {
  biosModules,
  buildGrubForBios,
  installGrubForBios,
  menuOnRoot,
} from "../../../images/builder/grub.ts";
import { exec } from "../../core/exec.ts";
import { toolPath } from "../../core/tool.ts";
import { MiB } from "../../core/units.ts";

// mkfs.xfs makes none below 300 MiB.
const rootMiB = { ext4: 64, xfs: 320 } as const;

/**
 * Makes what somebody without any tool of ours could make: a raw disk that GRUB boots, with a kernel and one static
 * program as its init, which prints a line and waits. No systemd, no agent that answers, no manifest.
 * @param probeDir where vmlinuz and initrd of `probe` are.
 */
export const buildStaticInitDisk = async (options: {
  readonly probeDir: string;
  readonly diskPath: string;
  readonly workDir: string;
  readonly rootType: keyof typeof rootMiB;
}): Promise<void> => {
  const { probeDir, diskPath, workDir, rootType } = options;
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
  const layout = nodeDiskLayout({ rootMiB: rootMiB[rootType] });
  const onLine = (): void => undefined;
  await buildDiskImage({ archives: { root: rootTar }, layout, diskPath, workDir, onLine });
  if (rootType === "xfs") await replaceRootByXfs(boot, diskPath, workDir);
};

const replaceRootByXfs = async (boot: string, diskPath: string, workDir: string): Promise<void> => {
  const layout = nodeDiskLayout({ rootMiB: rootMiB.xfs });
  const prototype = join(workDir, "prototype"); // mkfs.xfs(8), -p
  const file = (name: string): string => `${name} ---644 0 0 ${join(boot, name)}`;
  writeFileSync(
    prototype,
    [
      ...["/", "0 0", "d--755 0 0"],
      ...["boot d--755 0 0", file("vmlinuz"), file("initrd")],
      ...[
        "grub d--755 0 0",
        `grub.cfg ---644 0 0 ${join(boot, "grub/grub.cfg")}`,
        "$",
        "$",
        "$",
        "",
      ],
    ].join("\n"),
  );
  const xfs = join(workDir, "root.xfs");
  const size = `size=${rootMiB.xfs}m,file,name=${xfs}`;
  await exec(toolPath("mkfs.xfs"), ["-q", "-L", "root", "-p", prototype, "-d", size]);
  await exec("dd", [
    ...[
      `if=${xfs}`,
      `of=${diskPath}`,
      "bs=1M",
      `seek=${partitionOf(layout, "root").startByte / MiB}`,
    ],
    ...["conv=notrunc", "status=none"],
  ]);
  const grub = await buildGrubForBios(menuOnRoot, workDir, [...biosModules, "xfs"]);
  installGrubForBios(diskPath, grub, partitionOf(layout, "bios").startByte);
};
