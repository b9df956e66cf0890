import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageStore } from "../../../images/builder/image-entry.ts";
import { runMmdebstrap } from "../../../images/builder/mmdebstrap.ts";
import { recipeKey } from "../../../images/builder/recipe-key.ts";
import { cachedBuild } from "../../../images/cached-build.ts";
import { resolveToolchain } from "../../../qemu/toolchain.ts";
import { exec } from "../../core/exec.ts";
import { toolPath } from "../../core/tool.ts";
import { GiB, KiB, MiB } from "../../core/units.ts";

/** A node whose systemd is too old for units by credentials, as a file of somebody else's with a manifest for it. */
export interface OldSystemdImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

const recipe = join(import.meta.dirname, "old-systemd");
const packages = [
  ...["systemd", "systemd-sysv", "udev", "kmod", "initramfs-tools", "e2fsprogs"],
  "linux-image-cloud-amd64",
];

/** systemd 252. Debian 11 with systemd 247 works as well (tried 2026-11-22), but its packages are going from the mirrors. */
const release = "bookworm";

/**
 * A node with systemd too old for units by credentials. A qcow2 disk of five partitions, of which the
 * fourth is a read-only root and the fifth the writable layer of /etc. Kept in the cache.
 */
export const oldSystemdImage = async (): Promise<OldSystemdImage> => {
  const key = recipeKey([recipe], [release, ...packages, String(partitions)]);
  const { dir } = await cachedBuild(
    { store: imageStore(), name: "old-systemd", key },
    { what: "image old-systemd", neededBytes: 2 * GiB, build },
  );
  const inDir = (name: string): string => join(dir, name);
  return { disk: inDir("disk.qcow2"), kernel: inDir("vmlinuz"), initrd: inDir("initrd.img") };
};

const rootStartMiB = 4;
const rootMiB = 700;
const metadataMiB = 32;

/** sfdisk's words; the first three only give the others their numbers. */
const partitions = [
  ...["start=1MiB, size=1MiB", "start=2MiB, size=1MiB", "start=3MiB, size=1MiB"],
  `start=${rootStartMiB}MiB, size=${rootMiB}MiB, name=rootfs`,
  `start=${rootStartMiB + rootMiB}MiB, size=${metadataMiB}MiB`,
];

const build = async (outDir: string, workDir: string): Promise<void> => {
  const rootTar = join(workDir, "root.tar");
  const mirror = process.env["BOOTWRIGHT_DEBIAN_MIRROR"];
  await runMmdebstrap(
    [
      ...["--variant=minbase", '--aptopt=APT::Install-Recommends "false"'],
      ...["doc", "man", "locale", "info"].map(
        (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
      ),
      `--include=${packages.join(",")}`,
      `--essential-hook=${join(recipe, "before-packages")}`,
      `--customize-hook=${join(recipe, "customize")}`,
      ...["vmlinuz", "initrd.img"].map(
        (name) => `--customize-hook=copy-out /boot/${name} ${outDir}`,
      ),
      ...[release, rootTar],
      ...(mirror === undefined ? [] : [mirror]),
    ],
    { workDir, timeoutMs: 900_000, onLine: () => undefined },
  );
  const raw = join(workDir, "disk.raw");
  writeFileSync(raw, "");
  truncateSync(raw, (rootStartMiB + rootMiB + metadataMiB + 1) * MiB);
  const input = `label: gpt\n${partitions.join("\n")}\n`;
  await exec(toolPath("sfdisk"), ["--quiet", "--no-reread", raw], { input });
  await makeExt4(raw, rootTar, "root", { startMiB: rootStartMiB, sizeMiB: rootMiB });
  const metadata = join(workDir, "metadata");
  for (const name of ["upper", "work"]) mkdirSync(join(metadata, name), { recursive: true });
  const fifth = { startMiB: rootStartMiB + rootMiB, sizeMiB: metadataMiB };
  await makeExt4(raw, metadata, "metadata", fifth);
  const { file, prefixArgs, env } = (await resolveToolchain()).qemuImg;
  const disk = join(outDir, "disk.qcow2");
  await exec(file, [...prefixArgs, "convert", "-f", "raw", "-O", "qcow2", raw, disk], { env });
  rmSync(raw);
};

const makeExt4 = async (
  disk: string,
  content: string,
  label: string,
  { startMiB, sizeMiB }: { readonly startMiB: number; readonly sizeMiB: number },
): Promise<void> => {
  // What the e2fsck of the image does not know.
  const features = ["-O", "^orphan_file"];
  const place = `offset=${startMiB * MiB},root_owner=0:0`;
  await exec(toolPath("mke2fs"), [
    ...["-q", "-F", "-t", "ext4", ...features, "-L", label, "-m", "0", "-d", content],
    ...["-E", place, disk, `${(sizeMiB * MiB) / KiB}k`],
  ]);
};
