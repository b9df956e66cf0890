import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDiskImage } from "../builder/disk-image.ts";
import { sourceDateEpoch } from "../builder/mmdebstrap.ts";
import { finishNode, type NodeRecipe } from "../builder/node-recipe.ts";
import { execAsRoot } from "./as-root.ts";
import { imageRef, osName } from "./base-repository.ts";
import type { ReleaseCommit } from "./commit-release.ts";
import { ostree, ostreeIn, pullLocal } from "./ostree.ts";

/** Makes the whole disk of a release as the recipe's `deploy` makes that of the image, and with the same partitions. */
export const buildReleaseDisk = async (
  { repo, commit, kernelArguments }: ReleaseCommit,
  recipe: NodeRecipe,
  diskPath: string,
  { workDir, onLine }: { readonly workDir: string; readonly onLine: (line: string) => void },
): Promise<void> => {
  const sysroot = join(workDir, "sysroot");
  await initSysroot(sysroot, recipe);
  const own = join(sysroot, "ostree", "repo");
  await pullLocal(repo, own, commit);
  await ostreeIn(own, "refs", `--create=${imageRef}`, commit);
  const stated = kernelArguments.map((argument) => `--karg=${argument}`);
  await ostree([
    ...["admin", "deploy", `--sysroot=${sysroot}`, `--os=${osName}`, "--no-merge"],
    ...[...stated, imageRef],
  ]);
  const archives = { root: join(workDir, "root.tar"), boot: join(workDir, "boot.tar") };
  await pack(join(sysroot, "boot"), archives.boot);
  // What is on the partition for it is not on the root.
  await pack(sysroot, archives.root, ["--exclude=./boot/*"]);
  const { layout } = recipe;
  await buildDiskImage({ archives, layout, diskPath, workDir, onLine });
  await finishNode(diskPath, recipe, workDir);
};

/** GRUB reads what OSTree's syslinux backend writes into a configuration that it finds. */
const initSysroot = async (sysroot: string, { dir }: NodeRecipe): Promise<void> => {
  mkdirSync(sysroot);
  await ostree(["admin", "init-fs", "--modern", sysroot]);
  await ostree(["admin", "os-init", osName, `--sysroot=${sysroot}`]);
  await ostreeIn(
    join(sysroot, "ostree", "repo"),
    "config",
    "set",
    "sysroot.bootloader",
    "syslinux",
  );
  const boot = join(sysroot, "boot");
  for (const folder of ["loader.0", "syslinux", "grub"]) mkdirSync(join(boot, folder));
  symlinkSync("loader.0", join(boot, "loader"));
  writeFileSync(join(boot, "loader.0", "syslinux.cfg"), "");
  symlinkSync("../loader/syslinux.cfg", join(boot, "syslinux", "syslinux.cfg"));
  copyFileSync(join(dir, "grub.cfg"), join(boot, "grub", "grub.cfg"));
};

const pack = async (
  folder: string,
  archive: string,
  options: readonly string[] = [],
): Promise<void> => {
  await execAsRoot("tar", [
    ...["--create", `--file=${archive}`, `--directory=${folder}`, "--sort=name", "--numeric-owner"],
    ...[`--mtime=@${sourceDateEpoch}`, "--clamp-mtime", "--format=posix"],
    "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    ...[...options, "."],
  ]);
};
