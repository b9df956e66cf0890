import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exec } from "../harness/core/exec.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { MiB } from "../harness/core/units.ts";
import { type ImageFile, QemuImg, replaceSliceArgs } from "./qemu-img.ts";
import { resolveToolchain } from "./toolchain.ts";

let directory: TempDir;
let qemuImg: QemuImg;

beforeAll(async () => {
  directory = await tempDir();
  qemuImg = new QemuImg((await resolveToolchain()).qemuImg);
});
afterAll(async () => await directory[Symbol.asyncDispose]());

const raw = (name: string): ImageFile => ({ path: join(directory.path, name), format: "raw" });
const qcow2 = (name: string): ImageFile => ({ path: join(directory.path, name), format: "qcow2" });

test("an overlay has its base's size, or its own, and the content of the base", async () => {
  const base = raw("base,1.raw");
  await writeFile(base.path, Buffer.alloc(MiB, "base"));
  await qemuImg.createOverlay(base, qcow2("same").path);
  await qemuImg.createOverlay(base, qcow2("larger").path, 2 * MiB);
  expect(await qemuImg.info(qcow2("same"))).toMatchObject({
    virtualBytes: MiB,
    backingFile: base.path,
    dataFile: undefined,
    isEncrypted: false,
  });
  expect((await qemuImg.info(qcow2("larger"))).virtualBytes).toBe(2 * MiB);
  expect(await qemuImg.isSame(base, qcow2("larger"))).toBe(true);
  await qemuImg.check(qcow2("same"));
});

test("a qcow2 header in a file that is stated to be raw is content", async () => {
  const disguised = qcow2("disguised");
  await qemuImg.createBlank(disguised.path, 64 * MiB, "qcow2");
  const { virtualBytes } = await qemuImg.info({ ...disguised, format: "raw" });
  expect(virtualBytes).toBeLessThan(MiB);
});

test("different contents are told from equal ones, and a missing file from both", async () => {
  await writeFile(raw("a").path, Buffer.alloc(65_536, 1));
  await writeFile(raw("b").path, Buffer.alloc(65_536, 2));
  expect(await qemuImg.isSame(raw("a"), raw("b"))).toBe(false);
  await expect(qemuImg.isSame(raw("a"), raw("none"))).rejects.toMatchObject({
    code: "COMMAND_FAILED",
  });
});

test("a slice is cut out of what the guest sees", async () => {
  await writeFile(raw("c,d").path, Buffer.concat([Buffer.alloc(4096, 1), Buffer.alloc(8192, 2)]));
  const slice = raw("slice");
  await qemuImg.extractSlice(raw("c,d"), { offsetBytes: 2048, lengthBytes: 4096 }, slice.path);
  expect(await readFile(slice.path)).toEqual(
    Buffer.concat([Buffer.alloc(2048, 1), Buffer.alloc(2048, 2)]),
  );
});

test("damaged metadata makes an image unusable", async () => {
  const image = qcow2("damaged");
  await qemuImg.createBlank(image.path, MiB, "qcow2");
  const bytes = await readFile(image.path);
  bytes.fill(0xff, 65_536, 65_600);
  await writeFile(image.path, bytes);
  await expect(qemuImg.check(image)).rejects.toMatchObject({ code: "IMAGE_UNUSABLE" });
});

test("what layers have over a base is copied, and nothing of the base", async () => {
  const base = raw("under");
  await writeFile(base.path, Buffer.alloc(4 * MiB, "base"));
  const first = qcow2("first-layer");
  await qemuImg.createOverlay(base, first.path);
  await writeSlice(first, MiB, Buffer.alloc(65_536, "first"));
  const second = qcow2("second-layer");
  await qemuImg.createOverlay(first, second.path);
  await writeSlice(second, 2 * MiB, Buffer.alloc(65_536, "second"));
  const copy = qcow2("copy-over");
  await qemuImg.copyOver(base, second, copy.path);
  expect(await qemuImg.isSame(second, copy)).toBe(true);
  expect((await qemuImg.info(copy)).backingFile).toBe(base.path);
  expect((await readFile(copy.path)).length).toBeLessThan(MiB);
});

test("what a raw file has over another disk is kept as what differs", async () => {
  const [base, changed] = [raw("over-base"), raw("over-changed")];
  const bytes = Buffer.alloc(8 * MiB, "the image");
  await writeFile(base.path, bytes);
  bytes.fill(0, MiB, MiB + 65_536);
  bytes.fill("changed", 4 * MiB, 4 * MiB + 100);
  await writeFile(changed.path, bytes);
  const copy = qcow2("over-raw");
  await qemuImg.copyOver(base, changed, copy.path);
  expect(await qemuImg.isSame(changed, copy)).toBe(true);
  expect((await qemuImg.info(copy)).backingFile).toBe(base.path);
  expect((await readFile(copy.path)).length).toBeLessThan(MiB);
});

const writeSlice = async (image: ImageFile, offsetBytes: number, bytes: Buffer): Promise<void> => {
  const slice = join(directory.path, "slice-to-write");
  await writeFile(slice, bytes);
  const { file, prefixArgs, env } = (await resolveToolchain()).qemuImg;
  const range = { offsetBytes, lengthBytes: bytes.length };
  await exec(file, [...prefixArgs, ...replaceSliceArgs(slice, image, range)], { env });
};
