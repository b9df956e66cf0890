import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Backing } from "../../qemu/machine-spec.ts";
import { exec } from "../core/exec.ts";
import { toolPath } from "../core/tool.ts";

export interface FileSystemContent {
  readonly label: string;
  readonly sizeMiB: number;
  /** Texts by names in its root directory. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes an ext4 file system with these files in a new raw file `NAME.ext4` of `directory`. */
export const makeFormattedDisk = async (
  directory: string,
  name: string,
  { label, sizeMiB, files }: FileSystemContent,
): Promise<Backing> => {
  const path = join(directory, `${name}.ext4`);
  const tree = join(directory, `${name}.files`);
  mkdirSync(tree, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(tree, file), text);
  await exec(toolPath("mke2fs"), [
    ...["-q", "-F", "-t", "ext4", "-L", label, "-d", tree],
    ...["-E", "lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0", path, `${sizeMiB}M`],
  ]);
  rmSync(tree, { recursive: true });
  return { path, format: "raw" };
};
