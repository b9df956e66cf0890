// Small ext4 file systems for tests, made by mke2fs from a directory; no root is needed.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exec } from "../../core/exec.ts";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { toolPath } from "../../core/tool.ts";

/** A file's content, or what else stands at a path. Paths and targets are bytes as latin1. */
export type Planted =
  | string
  | Buffer
  | { readonly link: string }
  | { readonly content: string | Buffer; readonly mode: number }
  | { readonly directory: true };

export interface Ext4Image extends AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  /** Private to the test. */
  readonly workDir: string;
}

const sizeMiB = 8;

export const makeExt4Image = async (
  files: Readonly<Record<string, Planted>>,
  mke2fsArgs: readonly string[] = ["-t", "ext4"],
): Promise<Ext4Image> => {
  const dir: TempDir = await tempDir("ext4");
  const root = join(dir.path, "root");
  const path = join(dir.path, "disk.raw");
  const workDir = join(dir.path, "work");
  for (const made of [root, workDir]) mkdirSync(made);
  for (const [name, planted] of Object.entries(files)) plant(root, name, planted);
  const args = [...mke2fsArgs, "-q", "-F", "-d", root, path, `${sizeMiB}M`];
  await exec(toolPath("mke2fs"), args);
  return {
    path,
    workDir,
    sizeBytes: sizeMiB * 1024 * 1024,
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
};

const plant = (root: string, name: string, planted: Planted): void => {
  const bytes = Buffer.from(`${root}/${name.replace(/^\//, "")}`, "latin1");
  mkdirSync(Buffer.from(dirname(bytes.toString("latin1")), "latin1"), { recursive: true });
  if (typeof planted === "string" || Buffer.isBuffer(planted)) {
    writeFileSync(bytes, planted);
    chmodSync(bytes, 0o644);
  } else if ("link" in planted) symlinkSync(Buffer.from(planted.link, "latin1"), bytes);
  else if ("directory" in planted) mkdirSync(bytes, { recursive: true });
  else {
    writeFileSync(bytes, planted.content);
    chmodSync(bytes, planted.mode);
  }
};
