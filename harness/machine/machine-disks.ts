import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Boot, Disk } from "../../qemu/machine-spec.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { agentDiskSerial } from "../agent/injection/credentials.ts";
import { MiB } from "../core/units.ts";
import { chooseFirmware } from "./choose-firmware.ts";
import type { MachinePlan } from "./machine-plan.ts";

/**
 * Makes a machine's disks in `directory`. The image itself is attached read-only or stays below an overlay; it is never
 * opened for writing. Data disks start blank.
 */
export const createDisks = async (
  plan: MachinePlan,
  toolchain: Toolchain,
  directory: string,
): Promise<readonly Disk[]> => {
  const disks: Disk[] = [];
  const { files, manifest } = plan;
  const qemuImg = new QemuImg(toolchain.qemuImg);
  if (files.kind === "disk" && manifest.systemDisk !== "none") {
    const system = { id: "system", serial: "system", bootIndex: 0 } as const;
    if (manifest.systemDisk.readOnly) {
      disks.push({ ...system, path: files.path, format: files.format, readOnly: true });
    } else {
      const path = join(directory, "system.qcow2");
      const backing = { path: files.path, format: files.format };
      await qemuImg.createOverlay(backing, path);
      disks.push({ ...system, path, format: "qcow2", readOnly: false, backing });
    }
  }
  for (const [index, { serial, sizeMiB }] of manifest.disks.entries()) {
    const path = join(directory, `data-${index}.qcow2`);
    await qemuImg.createBlank(path, sizeMiB * MiB, "qcow2");
    disks.push({ id: `data${index}`, serial, path, format: "qcow2", readOnly: false });
  }
  if (plan.agent.kind === "credentials") {
    const path = plan.agent.diskPath;
    disks.push({ id: "agent", serial: agentDiskSerial, path, format: "raw", readOnly: true });
  }
  return disks;
};

/** A file copied for one machine. */
export interface CopiedFile {
  readonly from: string;
  readonly to: string;
}

/** The boot part of the spec; under UEFI the machine gets its own copy of the variable store. */
export const createBoot = async (
  plan: MachinePlan,
  toolchain: Toolchain,
  directory: string,
): Promise<{ readonly boot: Boot; readonly copies: readonly CopiedFile[] }> => {
  const { boot, firmwareVariables } = plan.manifest.machine;
  if (boot.kind === "kernel") {
    const { kernel, initrd } =
      plan.files.kind === "kernel"
        ? plan.files
        : { kernel: boot.kernel ?? "", initrd: boot.initrd };
    const commandLine = kernelCommandLine(plan, boot.commandLine);
    const files = { kernel, ...(initrd === undefined ? {} : { initrd }) };
    return { boot: { kind: "kernel", ...files, commandLine }, copies: [] };
  }
  if (boot.firmware === "bios") return { boot: { kind: "firmware", firmware: "bios" }, copies: [] };
  const { secureBoot } = boot;
  const { code, variables } = await chooseFirmware(toolchain.firmwareRoots, {
    secureBoot,
    variables: firmwareVariables,
  });
  const vars = join(directory, "uefi-vars.fd");
  copyFileSync(variables, vars);
  chmodSync(vars, 0o600); // The original may be read-only.
  return {
    boot: { kind: "firmware", firmware: "uefi", code, vars, secureBoot },
    copies: [{ from: variables, to: vars }],
  };
};

// no_timer_check: under emulation on a busy host the kernel's test of the timer against host time fails and panics.
const kernelCommandLine = (plan: MachinePlan, own: string): string =>
  [
    `console=${plan.manifest.console.device}`,
    "panic=-1",
    ...(plan.accel === "tcg" ? ["no_timer_check"] : []),
    own,
    ...(plan.kernelArguments ?? []),
  ]
    .filter((argument) => argument !== "")
    .join(" ");
