import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ImageError } from "../../harness/core/errors.ts";
import { type TempDir, tempDir } from "../../harness/core/tmp.ts";
import { MiB } from "../../harness/core/units.ts";
import { stallBootCode } from "./stall-boot-code.ts";

let work: TempDir;
let disk: string;
const before = Buffer.alloc(2 * MiB);
before.fill(0xaa, 0, 512);
before.fill(0xbb, MiB, MiB + 512);

beforeEach(async () => {
  work = await tempDir();
  disk = join(work.path, "disk.raw");
  writeFileSync(disk, before);
});
afterEach(() => work[Symbol.asyncDispose]());

/** The disk with `code` in place of what stood at `byte`, and that sector saved in `savedIn`. */
const expected = (byte: number, code: Buffer, savedIn: number): Buffer => {
  const bytes = Buffer.from(before);
  before.copy(bytes, savedIn * 512, byte, byte + 512);
  code.copy(bytes, byte);
  return bytes;
};

const padded = (hex: string, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  Buffer.from(hex, "hex").copy(bytes);
  return bytes;
};

// Both texts are what GNU as makes of the listing in the source.
test("the boot sector waits 273 ticks in 15 s, and its partition table stays", () => {
  stallBootCode(disk, "boot-sector", 15);
  const code = padded(
    "601e0631c08ed88ec0fbb911018b1e6c04f4391e6c0474f9e2f3fcbe007cbf0006b90001f3a5ea2b060000be3f06b442cd137208071f61ea007c0000f4ebfd10000100007c00002200000000000000",
    440,
  );
  expect(readFileSync(disk).equals(expected(0, code, 34))).toBe(true);
});

test("the first sector of the core image waits where the boot sector loads it", () => {
  stallBootCode(disk, "core-image", 600);
  const code = padded(
    "601e0631c08ed88ec0fbb9ac2a8b1e6c04f4391e6c0474f9e2f3fcbe0080bf0006b90001f3a5ea2b060000be3f06b442cd137208071f61ea00800000f4ebfd10000100008000002300000000000000",
    512,
  );
  expect(readFileSync(disk).equals(expected(MiB, code, 35))).toBe(true);
});

test("a stage that waits already is refused", () => {
  stallBootCode(disk, "boot-sector", 15);
  expect(() => stallBootCode(disk, "boot-sector", 15)).toThrow(
    new ImageError("IMAGE_BUILD", `The boot-sector of ${disk} is stalled already`),
  );
});
