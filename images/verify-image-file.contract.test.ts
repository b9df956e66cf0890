// Our reading of headers against files that qemu-img wrote.
import { spawnSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exec } from "../harness/core/exec.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { MiB } from "../harness/core/units.ts";
import { identifyImageFile } from "./image-file.ts";
import { gptBytes } from "./testing/image-bytes.ts";
import { verifyImageHeaders } from "./verify-image-file.ts";

const hasQemuImg = spawnSync("qemu-img", ["--version"]).status === 0;

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());
const path = (name: string) => join(dir.path, name);

/** A 1 MiB disk with a GPT, full of data, converted by qemu-img. */
const converted = async (name: string, ...options: string[]): Promise<string> => {
  const disk = gptBytes([]);
  disk.fill("data", 65_536);
  writeFileSync(path("disk.raw"), disk);
  await exec("qemu-img", ["convert", "-f", "raw", ...options, path("disk.raw"), path(name)]);
  return path(name);
};

const verify = (file: string, allowBacking: readonly string[] = []) =>
  verifyImageHeaders({ kind: "file", path: file, format: "qcow2", allowBacking }).content;

describe.skipIf(!hasQemuImg)("files that qemu-img wrote", () => {
  test.each([
    ["version 3", ["-O", "qcow2"]],
    ["version 2", ["-O", "qcow2", "-o", "compat=0.10"]],
    ["compressed", ["-O", "qcow2", "-c"]],
    ["zstd", ["-O", "qcow2", "-c", "-o", "compression_type=zstd"]],
    ["clusters of 512 bytes", ["-O", "qcow2", "-o", "cluster_size=512"]],
    ["clusters of 2 MiB", ["-O", "qcow2", "-o", "cluster_size=2M"]],
    ["extended L2 entries", ["-O", "qcow2", "-o", "extended_l2=on"]],
  ])(
    "qcow2, %s: accepted whole, refused when the last quarter is cut off",
    async (_title, options) => {
      const file = await converted("image.qcow2", ...options);
      expect(verify(file)).toMatchObject({ header: { virtualSizeBytes: MiB, problems: [] } });
      truncateSync(file, Math.floor(identifyImageFile(file).sizeBytes * 0.75));
      expect(() => verify(file)).toThrow(/truncated/);
    },
  );

  test("an overlay is refused, or accepted when its backing file is named", async () => {
    const base = await converted("base.qcow2", "-O", "qcow2");
    await exec("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base, path("top")]);
    expect(() => verify(path("top"))).toThrow(/but found ".*base.qcow2"/);
    expect(verify(path("top"), [base])).toMatchObject({ header: { backingFile: base } });
  });

  test("an external data file is refused, or accepted when it is named", async () => {
    const data = path("data.raw");
    const options = ["-q", "-f", "qcow2", "-o", `data_file=${data}`, path("external"), "1M"];
    await exec("qemu-img", ["create", ...options]);
    expect(() => verify(path("external"))).toThrow(/but found ".*data.raw"/);
    expect(verify(path("external"), [data])).toMatchObject({ header: { dataFile: data } });
  });

  test.each(["vmdk", "vhdx", "vpc", "qed", "vdi"])("%s is recognised", async (format) => {
    const file = await converted(`image.${format}`, "-O", format);
    expect(identifyImageFile(file).content).toMatchObject({
      kind: "foreign",
      foreign: { format: format === "vpc" ? "vhd" : format },
    });
  });
});
