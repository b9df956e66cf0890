import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { exec } from "../../harness/core/exec.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { MiB } from "../../harness/core/units.ts";
import { makeEsp } from "../builder/disk-image.ts";
import { diskBytesOf, partitionOf, sfdiskScript } from "../builder/disk-layout.ts";
import {
  bootEntry,
  entryName,
  initrdName,
  kernelName,
  requireVersion,
  statedArguments,
} from "./boot-entry.ts";
import { type SealedRoot, sealRoot } from "./seal-root.ts";
import { slotLabel, verityLayout } from "./verity-layout.ts";

/** The files that a verity node's disk is made of, which are kept beside it. */
export interface VerityParts {
  /** The root file system as an archive. */
  readonly root: string;
  readonly kernel: string;
  readonly initrd: string;
  /** systemd-boot. */
  readonly loader: string;
  /** The line of `argumentsLine`. */
  readonly arguments: string;
  /** What the disk turned out to be. */
  readonly sealed: string;
  readonly disk: string;
}

export const partsIn = (dir: string): VerityParts => ({
  root: join(dir, "root.tar"),
  kernel: join(dir, "vmlinuz"),
  initrd: join(dir, "initrd"),
  loader: join(dir, "loader"),
  arguments: join(dir, "arguments"),
  sealed: join(dir, "sealed.json"),
  disk: join(dir, "disk.raw"),
});

export interface Sealed {
  readonly version: string;
  readonly rootHash: string;
  /** The boot entry as it is on the disk. */
  readonly entry: string;
  /** Less what comes with the slot. */
  readonly kernelArguments: readonly string[];
}

const sealedSchema: z.ZodType<Sealed> = z.strictObject({
  version: z.string(),
  rootHash: z.string().regex(/^[0-9a-f]{64}$/),
  entry: z.string(),
  kernelArguments: z.array(z.string()),
});

/** What the image in a folder that a build filled is. */
export const sealedIn = (dir: string): Sealed =>
  sealedSchema.parse(JSON.parse(readFileSync(partsIn(dir).sealed, "utf8")));

interface DiskPlaces {
  readonly version: string;
  /** The disk goes here, and two folders for what it is made of, which go with the process. */
  readonly workDir: string;
  /** By which the first slot is larger. Default 0. */
  readonly moreMiB?: number;
}

/** Seals the root and makes the disk, with this release in the first slot and nothing in the second. */
export const verityDisk = async (
  parts: VerityParts,
  { version: stated, workDir, moreMiB = 0 }: DiskPlaces,
): Promise<SealedRoot> => {
  const version = requireVersion(stated);
  const sealed = await sealRoot(parts.root, { version, workDir, moreMiB });
  const line = readFileSync(parts.arguments, "utf8");
  const entry = bootEntry({ version, rootHash: sealed.rootHash, arguments: line });
  const kernelArguments = statedArguments(line);
  const told: Sealed = { version, rootHash: sealed.rootHash, entry, kernelArguments };
  writeFileSync(parts.sealed, `${JSON.stringify(told, null, 2)}\n`);
  const layout = verityLayout(version, moreMiB);
  const disk = openSync(parts.disk, "wx");
  ftruncateSync(disk, diskBytesOf(layout));
  closeSync(disk);
  await exec(toolPath("sfdisk"), ["--quiet", "--no-reread", parts.disk], {
    input: sfdiskScript(layout),
  });
  await makeEsp(parts.disk, espFiles(parts, told, workDir), partitionOf(layout, "esp"), workDir);
  for (const part of ["root", "verity"] as const) {
    const { startByte } = partitionOf(layout, slotLabel(part, version));
    await exec("dd", [
      ...[`if=${sealed[part]}`, `of=${parts.disk}`, "bs=1M", `seek=${startByte / MiB}`],
      ...["conv=notrunc,sparse", "status=none"],
    ]);
  }
  return sealed;
};

const espFiles = (
  parts: VerityParts,
  { version, entry }: Sealed,
  workDir: string,
): Parameters<typeof makeEsp>[1] => {
  const written = join(workDir, "written");
  mkdirSync(written);
  const write = (name: string, text: string): string => {
    writeFileSync(join(written, name), text);
    return join(written, name);
  };
  return [
    // Where firmware finds it without a boot entry of its own (UEFI 2.10, section 3.5.1.1).
    { source: parts.loader, path: "EFI/BOOT/BOOTX64.EFI" },
    { source: write("loader.conf", loaderConf), path: "loader/loader.conf" },
    { source: write("entry.conf", entry), path: `loader/entries/${entryName(version)}` },
    { source: parts.kernel, path: `os/${kernelName(version)}` },
    { source: parts.initrd, path: `os/${initrdName(version)}` },
  ];
};

/** No menu and no editor; nothing but our own entries. */
const loaderConf = "timeout 0\neditor no\nauto-entries no\nauto-firmware no\n";
