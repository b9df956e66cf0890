import { availableParallelism } from "node:os";
import type { MachineNeeds } from "../../images/schema.ts";
import { availableMemory } from "../../qemu/memory-available.ts";

export interface HostRoom {
  readonly cores: number;
  readonly availableMiB: number;
}

/** More were never tried. */
const most = 2;
/** QEMU with its translation cache needs about half of the guest's memory again. */
const overhead = 1.5;
/** For what is not a machine. */
const reserveMiB = 1024;

/** How many machines may run side by side: each vCPU has a core, or all would be late, and all memory is there. */
export const machinesAtOnce = (
  { cpus, memoryMiB }: Pick<MachineNeeds, "cpus" | "memoryMiB">,
  { cores, availableMiB }: HostRoom,
): number => {
  const byCores = Math.floor(cores / cpus);
  const byMemory = Math.floor((availableMiB - reserveMiB) / (memoryMiB * overhead));
  return Math.max(1, Math.min(most, byCores, byMemory));
};

/** The same for this host as it is. */
export const machinesAtOnceOn = (machine: Pick<MachineNeeds, "cpus" | "memoryMiB">): number =>
  machinesAtOnce(machine, {
    cores: availableParallelism(),
    availableMiB: availableMemory().availableMiB,
  });
