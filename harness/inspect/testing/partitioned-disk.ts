import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../core/exec.ts";
import { tempDir } from "../../core/tmp.ts";
import { toolPath } from "../../core/tool.ts";

export interface PartitionedDisk extends AsyncDisposable {
  readonly path: string;
  /** Private to the test. */
  readonly workDir: string;
}

const mebibyte = 1024 * 1024;

/** A disk with a GPT whose partitions have these files' contents, made by sfdisk. */
export const makePartitionedDisk = async (files: readonly string[]): Promise<PartitionedDisk> => {
  const dir = await tempDir("disk");
  const path = join(dir.path, "disk.raw");
  const workDir = join(dir.path, "work");
  mkdirSync(workDir);
  writeFileSync(path, Buffer.alloc(mebibyte));
  const sizes: number[] = [];
  for (const file of files) {
    const content = readFileSync(file);
    sizes.push(Math.ceil(content.length / mebibyte));
    appendFileSync(path, content);
  }
  truncateSync(path, (sizes.reduce((sum, size) => sum + size, 0) + 2) * mebibyte);
  const lines = ["label: gpt", ...sizes.map((size) => `size=${size}MiB, type=linux`)];
  await exec(toolPath("sfdisk"), ["--quiet", path], { input: `${lines.join("\n")}\n` });
  return { path, workDir, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
};
