import type { BlankDisk } from "../../images/schema.ts";
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
}

export const variantOf = (
  plan: MachinePlan,
  { attached, disks, contents, memoryMiB, network, credentials }: MachineVariant,
): MachinePlan => ({
  ...plan,
  manifest: {
    ...plan.manifest,
    ...(disks === undefined ? {} : { disks }),
    ...(memoryMiB === undefined ? {} : { machine: { ...plan.manifest.machine, memoryMiB } }),
    credentials: { ...plan.manifest.credentials, ...credentials },
  },
  ...(attached === undefined ? {} : { attachedDisks: attached }),
  ...(network === undefined ? {} : { network }),
  ...(contents === undefined ? {} : { diskContents: contents }),
});
