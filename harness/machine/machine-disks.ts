import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Boot, Disk } from "../../qemu/machine-spec.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { agentDiskSerial } from "../agent/injection/agent-units.ts";
import { etcUnitEntries } from "../agent/injection/etc-unit.ts";
import { InternalError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";
import { agentStartsAfter } from "./agent-starts-after.ts";
import { chooseFirmware } from "./choose-firmware.ts";
import type { DiskWork } from "./disk-work.ts";
import { etcLayerName } from "./etc-unit-work.ts";
import { inOrder } from "./in-order-disk.ts";
import { firmwareVariablesSerial, type MachinePlan } from "./machine-plan.ts";
import { writeEtcUnits } from "./write-etc-units.ts";

/** The disks, and what was done to make one of them that QEMU's tools alone do not make. */
export interface MadeDisks {
  readonly disks: readonly Disk[];
  readonly work?: DiskWork;
}

/**
 * Makes a machine's disks in `directory`. The image itself is attached read-only or stays below an overlay; it is never
 * opened for writing. Data disks start blank, but for units of the agent in the writable layer of /etc, unless the plan
 * gives them a content, which is not written either.
 * @throws {ConfigError} when the manifest's place for such units cannot take them.
 */
export const createDisks = async (
  plan: MachinePlan,
  toolchain: Toolchain,
  directory: string,
): Promise<MadeDisks> => {
  const place = plan.agent.kind === "etc-unit" ? plan.agent.place : undefined;
  const qemuImg = new QemuImg(toolchain.qemuImg);
  const system = await systemDisk(plan, qemuImg, directory);
  const data: Disk[] = [];
  for (const [index, { serial, sizeMiB }] of plan.manifest.disks.entries()) {
    const disk = { id: `data${index}`, serial, readOnly: false };
    const backing = plan.diskContents?.[serial];
    if (backing === undefined && place?.kind === "disk" && place.serial === serial) {
      data.push({ ...disk, path: join(directory, etcLayerName), format: "raw" });
      continue;
    }
    if (backing === undefined) {
      const format = plan.counting === undefined ? "qcow2" : "raw";
      const path = join(directory, `data-${index}.${format}`);
      await qemuImg.createBlank(path, sizeMiB * MiB, format);
      data.push({ ...disk, path, format });
      continue;
    }
    const path = join(directory, `data-${index}.qcow2`);
    await qemuImg.createOverlay(backing, path, sizeMiB * MiB);
    data.push({ ...disk, path, format: "qcow2", backing });
  }
  const work = await writeAgentUnits(plan, toolchain, directory, system);
  const own = [...(system === undefined ? [] : [system]), ...data];
  const disks = [
    ...own.map((disk) => watched(disk, plan, directory)),
    ...attachedDisks(plan),
    ...agentDisks(plan),
  ];
  if (plan.counting === undefined) return { disks, ...(work === undefined ? {} : { work }) };
  return countedDisks(disks, work, directory);
};

/** The disks of a machine whose instructions are counted. */
const countedDisks = (
  disks: readonly Disk[],
  work: DiskWork | undefined,
  directory: string,
): MadeDisks => {
  const ordered = disks.map((disk) => inOrder(disk, directory));
  const descriptors = ordered.flatMap(({ descriptor }) => descriptor ?? []);
  for (const { name, text } of descriptors) writeFileSync(join(directory, name), text);
  const before = work ?? { files: [], fetch: [], change: [], makes: [] };
  return {
    disks: ordered.map(({ disk }) => disk),
    work: { ...before, files: [...before.files, ...descriptors] },
  };
};

/** With the filters that the plan puts before a disk. */
const watched = (disk: Disk, plan: MachinePlan, directory: string): Disk => {
  const writeFault = plan.writeFaults?.[disk.serial];
  const faulty = writeFault === undefined ? disk : { ...disk, writeFault };
  if (plan.recordedDisks?.includes(disk.serial) !== true) return faulty;
  const writeLogPath = join(directory, `${disk.id}.writes`);
  writeFileSync(writeLogPath, "", { flag: "wx" }); // QEMU makes none.
  return { ...faulty, writeLogPath };
};

const systemDisk = async (
  { agent, diskContents, files, manifest }: MachinePlan,
  qemuImg: QemuImg,
  directory: string,
): Promise<Disk | undefined> => {
  if (files.kind !== "disk" || manifest.systemDisk === "none") return undefined;
  const { readOnly } = manifest.systemDisk;
  // Of a kernel boot QEMU itself takes the first place.
  const bootOrder = manifest.machine.boot.kind === "kernel" ? {} : { bootIndex: 0 };
  const system = { id: "system", serial: "system", readOnly, ...bootOrder } as const;
  const isWritten = agent.kind === "etc-unit" && agent.place.kind === "partition";
  const backing = diskContents?.["system"] ?? { path: files.path, format: files.format };
  if (readOnly && !isWritten) return { ...system, ...backing };
  const path = join(directory, "system.qcow2");
  await qemuImg.createOverlay(backing, path);
  return { ...system, path, format: "qcow2", backing };
};

const writeAgentUnits = async (
  plan: MachinePlan,
  { qemuImg }: Toolchain,
  directory: string,
  system: Disk | undefined,
): Promise<DiskWork | undefined> => {
  if (plan.agent.kind !== "etc-unit") return undefined;
  const { place, transport } = plan.agent;
  const disk = place.kind === "disk" ? place.serial : "system";
  if (plan.diskContents?.[disk] !== undefined) return undefined; // On it from the machine that had the disk before.
  const entries = etcUnitEntries(transport, agentStartsAfter(plan));
  if (place.kind === "disk") {
    const layer = plan.manifest.disks.find(({ serial }) => serial === place.serial);
    if (layer === undefined) throw new InternalError(`Units need the disk ${place.serial}`);
    const sizeBytes = layer.sizeMiB * MiB;
    return writeEtcUnits({ place, sizeBytes }, entries, { directory, qemuImg });
  }
  if (system?.backing === undefined) throw new InternalError("Units need a system disk's overlay");
  const target = { place, image: system.backing, overlay: system };
  return writeEtcUnits(target, entries, { directory, qemuImg });
};

const attachedDisks = ({ attachedDisks: attached = [] }: MachinePlan): readonly Disk[] =>
  attached.map((disk, index) => ({ id: `attached${index}`, ...disk }));

const agentDisks = ({ agent }: MachinePlan): readonly Disk[] =>
  agent.kind === "credentials" || agent.kind === "etc-unit"
    ? [
        {
          id: "agent",
          serial: agentDiskSerial,
          path: agent.diskPath,
          format: "raw",
          readOnly: true,
        },
      ]
    : [];

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
  const from = plan.diskContents?.[firmwareVariablesSerial]?.path ?? variables;
  copyFileSync(from, vars);
  chmodSync(vars, 0o600); // The original may be read-only.
  return {
    boot: { kind: "firmware", firmware: "uefi", code, vars, secureBoot },
    copies: [{ from, to: vars }],
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
