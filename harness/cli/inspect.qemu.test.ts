import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { cacheDir } from "../core/cache-dir.ts";
import { exec } from "../core/exec.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { makeExt4Image } from "../inspect/testing/ext4-image.ts";
import { runCli } from "./testing/run-cli.ts";

let dir: TempDir;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  dir = await tempDir();
  const cache = join(dir.path, "cache");
  mkdirSync(join(cache, "run"), { recursive: true });
  // Its own run directory, so that what is left there can be seen; no guest is booted, so that is all it needs.
  for (const name of ["images", "tools"]) {
    mkdirSync(join(cacheDir(), name), { recursive: true });
    symlinkSync(join(cacheDir(), name), join(cache, name));
  }
  env = { BOOTWRIGHT_CACHE: cache };
});
afterAll(() => dir[Symbol.asyncDispose]());

test("a qcow2 image is inspected, and its copy is gone afterwards", async () => {
  await using image = await makeExt4Image({ "usr/lib/os-release": "ID=x\n" });
  const qcow2 = join(dir.path, "image.qcow2");
  const { qemuImg } = await resolveToolchain();
  const args = ["convert", "-f", "raw", "-O", "qcow2", image.path, qcow2];
  await exec(qemuImg.file, [...qemuImg.prefixArgs, ...args], { env: qemuImg.env });
  const sbom = join(dir.path, "sbom.json");
  const seen = await runCli(["inspect", qcow2, "--json", "--sbom", sbom], { env });
  const facts = JSON.parse(seen.stdout) as Record<string, unknown>;
  expect([seen.exitCode, seen.stderr, facts["image"], facts["root"]]).toMatchObject([
    0,
    "",
    { path: qcow2, format: "qcow2", virtualBytes: image.sizeBytes },
    { state: "found", partition: 0, osRelease: { fields: { ID: "x" } } },
  ]);
  expect(JSON.parse(readFileSync(sbom, "utf8"))).toMatchObject({ spdxVersion: "SPDX-2.3" });
  expect(readdirSync(join(dir.path, "cache", "run"))).toEqual([]);
});

test("what an image without a system has is shown, and then the error", async () => {
  await using image = await makeExt4Image({ "data/x": "y" });
  const { exitCode, stdout, stderr } = await runCli(["inspect", image.path], { env });
  expect(exitCode).toBe(2);
  expect(stdout).toContain("none 0: 8.0 MiB at 0, ext4");
  expect(stderr).toContain("[IMAGE_UNUSABLE]");
});

test("a qcow2 image that names a file of the host is refused", async () => {
  const overlay = join(dir.path, "overlay.qcow2");
  const base = join(dir.path, "base.raw");
  const qemuImg = new QemuImg((await resolveToolchain()).qemuImg);
  await qemuImg.createBlank(base, 1_048_576);
  await qemuImg.createOverlay({ path: base, format: "raw" }, overlay);
  const { exitCode, stdout, stderr } = await runCli(["inspect", overlay], { env });
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("source.allowBacking");
});

test("an image without a disk is refused", async () => {
  const { exitCode, stderr } = await runCli(["inspect", "probe"], { env });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("Expected an image with a disk");
});
