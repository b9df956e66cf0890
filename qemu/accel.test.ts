import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { type AcceleratorOptions, chooseAccelerator } from "./accel.ts";
import type { BootProbe } from "./boot-probe.ts";
import { emulatedCpuModel } from "./emulated-cpu-model.ts";
import type { Toolchain } from "./toolchain.ts";

const emulation = `tcg ${emulatedCpuModel("Nehalem")}`;

let probeFiles: TempDir;
beforeAll(async () => {
  probeFiles = await tempDir();
  await writeFile(join(probeFiles.path, "kernel"), "kernel");
  await writeFile(join(probeFiles.path, "initrd"), "initrd");
});
afterAll(async () => await probeFiles[Symbol.asyncDispose]());

const toolchainOf = (major: number): Toolchain => {
  const tool = {
    file: "qemu",
    prefixArgs: [],
    env: {},
    version: { major, minor: 0, micro: 0, text: `${major}.0.0` },
  };
  return { kind: "host", root: "/", qemuSystem: tool, qemuImg: tool, firmwareRoots: [] };
};

/** Guests boot only where `works` says so. */
const bootsOn =
  (works: readonly string[], tried: string[] = []): BootProbe =>
  async ({ accel, cpuModel, deadline }) => {
    tried.push(`${accel} ${cpuModel} within ${Math.ceil(deadline.remainingMs() / 1000)} s`);
    return works.includes(`${accel} ${cpuModel}`)
      ? { kind: "booted", probeMs: 900, vcpuCpuMs: 700 }
      : { kind: "failed", reason: "KVM internal error. Suberror: 1" };
  };

const choose = async (
  options: Partial<AcceleratorOptions> & { readonly boot: BootProbe; readonly cacheDir: string },
) =>
  await chooseAccelerator({
    toolchain: toolchainOf(10),
    requested: "auto",
    probeKernel: join(probeFiles.path, "kernel"),
    probeInitrd: join(probeFiles.path, "initrd"),
    kvm: { isOpenable: true },
    ...options,
  });

test("KVM that boots a guest is used with the host's CPU", async () => {
  await using cache = await tempDir();
  expect(await choose({ cacheDir: cache.path, boot: bootsOn(["kvm host", emulation]) })).toEqual({
    accel: "kvm",
    cpuModel: "host",
    reason: "A guest booted under KVM",
    probeMs: 900,
    vcpuCpuMs: 700,
    attempts: [{ accel: "kvm", cpuModel: "host", outcome: "booted" }],
    cached: false,
  });
});

test("KVM that opens but boots nothing gives way to emulation, and the reason is kept", async () => {
  await using cache = await tempDir();
  const tried: string[] = [];
  const chosen = await choose({ cacheDir: cache.path, boot: bootsOn([emulation], tried) });
  expect(chosen).toMatchObject({
    accel: "tcg",
    cpuModel: emulatedCpuModel("Nehalem"),
    reason:
      "No guest boots under KVM: kvm with host: KVM internal error. Suberror: 1; kvm with Nehalem: KVM internal error. Suberror: 1",
  });
  expect(tried).toEqual([
    "kvm host within 15 s",
    "kvm Nehalem within 15 s",
    `${emulation} within 90 s`,
  ]);
});

test("a KVM device that cannot be opened is not tried", async () => {
  await using cache = await tempDir();
  const chosen = await choose({
    cacheDir: cache.path,
    boot: bootsOn([emulation]),
    kvm: { isOpenable: false, reason: "/dev/kvm does not exist" },
  });
  expect(chosen).toMatchObject({
    accel: "tcg",
    reason: "/dev/kvm does not exist",
    attempts: [{ accel: "tcg", outcome: "booted" }],
  });
});

test("an old QEMU emulates without cmpxchg16b", async () => {
  await using cache = await tempDir();
  const chosen = await choose({
    cacheDir: cache.path,
    boot: bootsOn([`tcg ${emulatedCpuModel("Nehalem,-cx16")}`]),
    toolchain: toolchainOf(7),
    requested: "tcg",
  });
  expect(chosen).toMatchObject({
    cpuModel: emulatedCpuModel("Nehalem,-cx16"),
    reason: "Emulation was asked for",
  });
});

test("KVM that was asked for and does not work is the host's fault, with a way out", async () => {
  await using cache = await tempDir();
  await expect(
    choose({ cacheDir: cache.path, boot: bootsOn([emulation]), requested: "kvm" }),
  ).rejects.toMatchObject({
    code: "HOST_RESOURCE",
    hint: "Run with --accel tcg, or on a host with working (nested) virtualisation",
  });
});

test("a host on which nothing boots is told with every attempt", async () => {
  await using cache = await tempDir();
  await expect(choose({ cacheDir: cache.path, boot: bootsOn([]) })).rejects.toMatchObject({
    code: "QEMU_START",
    details: { attempts: [{ accel: "kvm" }, { accel: "kvm" }, { accel: "tcg" }] },
  });
});

test("the result is found again until QEMU, the request or the probe changes", async () => {
  await using cache = await tempDir();
  const tried: string[] = [];
  const common = { cacheDir: cache.path, boot: bootsOn(["kvm host", emulation], tried) };
  const first = await choose(common);
  expect(await choose(common)).toEqual({ ...first, cached: true });
  expect(tried).toHaveLength(1);
  expect(await choose({ ...common, toolchain: toolchainOf(11) })).toMatchObject({ cached: false });
  expect(await choose({ ...common, requested: "tcg" })).toMatchObject({ accel: "tcg" });
});

test("a damaged cache file costs a probe and nothing else", async () => {
  await using cache = await tempDir();
  await writeFile(join(cache.path, "accelerator-auto.json"), '{"key": 1');
  const chosen = await choose({ cacheDir: cache.path, boot: bootsOn(["kvm host"]) });
  expect(chosen.cached).toBe(false);
});
