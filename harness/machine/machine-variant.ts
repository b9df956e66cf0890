import type { BlankDisk, ImageManifest } from "../../images/schema.ts";
import { emulatedCpuModel } from "../../qemu/emulated-cpu-model.ts";
import type { WriteFault } from "../../qemu/machine-spec.ts";
import type { BootingMachine } from "./booted-machine.ts";
import type { AttachedDisk, DiskContents, MachinePlan, NetworkPlan } from "./machine-plan.ts";

/** How a machine differs from the one that the manifest describes. */
export interface MachineVariant {
  /** The data disks in the order of their slots; default those of the manifest. */
  readonly disks?: readonly BlankDisk[];
  /** Default: that of the manifest. */
  readonly memoryMiB?: number;
  /** More disks, after the data disks. Default none. */
  readonly attached?: readonly AttachedDisk[];
  /** Default: no network card. */
  readonly network?: NetworkPlan;
  /** Called when the machine is about to be powered on, for what must be watched from then on. */
  readonly observe?: (machine: BootingMachine) => void;
  /** systemd credentials for the image, beside those of the manifest; one of the same name takes its place. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** What disks hold at power-on; others start blank, and the system's as the image is. */
  readonly contents?: DiskContents;
  /** The system's disk can be written, in an overlay; default as the manifest says. */
  readonly isSystemWritable?: boolean;
  /** Serials of disks of which every write is recorded, in the file that the machine's `spec` names. Default none. */
  readonly recordWrites?: readonly string[];
  /** How long the machine is left alone when it has failed, so that it may get out of it by itself. Default 0. */
  readonly ownEndMs?: number;
  /** The machine's instructions are counted, by the plugin at this path; it has one CPU then. Default: they are not. */
  readonly countingPlugin?: string;
  /** Disks that refuse writes, by serial. Default none. */
  readonly writeFaults?: Readonly<Record<string, WriteFault>>;
}

export const variantOf = (plan: MachinePlan, variant: MachineVariant): MachinePlan => {
  const { attached, contents, network, recordWrites, writeFaults, countingPlugin } = variant;
  return {
    ...plan,
    manifest: manifestOf(plan.manifest, variant),
    ...(attached === undefined ? {} : { attachedDisks: attached }),
    ...(network === undefined ? {} : { network }),
    ...(contents === undefined ? {} : { diskContents: contents }),
    ...(recordWrites === undefined ? {} : { recordedDisks: recordWrites }),
    ...(writeFaults === undefined ? {} : { writeFaults }),
    ...(countingPlugin === undefined ? {} : countedBy(countingPlugin, plan)),
  };
};

/** Only the emulator counts. Its CPU is the same on each host, so that counts can be compared. */
const countedBy = (pluginPath: string, { cpuModel, accel }: MachinePlan): Partial<MachinePlan> => ({
  counting: { pluginPath },
  accel: "tcg",
  cpuModel: accel === "tcg" ? cpuModel : emulatedCpuModel("Nehalem"),
});

const manifestOf = (
  manifest: ImageManifest,
  { disks, memoryMiB, credentials, isSystemWritable = false }: MachineVariant,
): ImageManifest => ({
  ...manifest,
  ...(disks === undefined ? {} : { disks }),
  ...(memoryMiB === undefined ? {} : { machine: { ...manifest.machine, memoryMiB } }),
  ...(isSystemWritable && manifest.systemDisk !== "none"
    ? { systemDisk: { ...manifest.systemDisk, readOnly: false } }
    : {}),
  credentials: { ...manifest.credentials, ...credentials },
});
