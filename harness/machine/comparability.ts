import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { toArgv } from "../../qemu/argv.ts";
import type { Backing, Boot, Disk, MachineSpec } from "../../qemu/machine-spec.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { exec } from "../core/exec.ts";
import { sha256OfFile, sha256OfText } from "../core/sha256.ts";

/**
 * Digest of what a boot's instruction counts depend on besides the image: the build of QEMU, the firmware, the counter, and
 * QEMU's options without the names and places of files.
 * @throws {HostError} when QEMU does not tell its version.
 */
export const comparabilityOf = async (spec: MachineSpec, toolchain: Toolchain): Promise<string> => {
  const { file, prefixArgs, env } = toolchain.qemuSystem;
  const version = await exec(file, [...prefixArgs, "--version"], { env });
  const counter = basename(dirname(spec.counting?.pluginPath ?? ""));
  const facts = [version.stdout, await firmwareDigests(spec, toolchain), counter];
  return sha256OfText(JSON.stringify([...facts, toArgv(withoutPlaces(spec))])).slice(0, 16);
};

const firmwareDigests = async (
  { boot }: MachineSpec,
  { firmwareRoots }: Toolchain,
): Promise<readonly string[]> => {
  const files =
    boot.kind === "firmware" && boot.firmware === "uefi"
      ? [boot.code]
      : firmwareRoots.map((root) => join(root, "usr/share/seabios/bios-256k.bin"));
  return await Promise.all(files.filter((path) => existsSync(path)).map(sha256OfFile));
};

const withoutPlaces = (spec: MachineSpec): MachineSpec => ({
  ...spec,
  name: "machine",
  boot: bootWithoutPlaces(spec.boot),
  disks: spec.disks.map(diskWithoutPlaces),
  console: { pipePath: "/console" },
  ports: spec.ports.map((port) => ({ ...port, socketPath: "/port" })),
  qmpSocketPath: "/qmp",
  ...(spec.tpm === undefined ? {} : { tpm: { directory: "/tpm" } }),
  ...(spec.network === "none" ? {} : { network: { ...spec.network, capturePath: "/capture" } }),
  ...(spec.counting === undefined
    ? {}
    : { counting: { pluginPath: "/plugin", countsPath: "/counts" } }),
});

const bootWithoutPlaces = (boot: Boot): Boot => {
  if (boot.kind === "kernel") return { ...boot, kernel: "/kernel", initrd: "/initrd" };
  return boot.firmware === "bios" ? boot : { ...boot, code: "/code", vars: "/vars" };
};

const diskWithoutPlaces = (disk: Disk): Disk => ({
  ...disk,
  path: "/disk",
  ...(disk.descriptorPath === undefined ? {} : { descriptorPath: "/descriptor" }),
  ...(disk.backing === undefined ? {} : { backing: backingWithoutPlaces(disk.backing) }),
});

const backingWithoutPlaces = ({ format, backing }: Backing): Backing => ({
  path: "/backing",
  format,
  ...(backing === undefined ? {} : { backing: backingWithoutPlaces(backing) }),
});
