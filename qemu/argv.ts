import type { MachineSpec } from "./machine-spec.ts";
import { bootOptions } from "./options/boot.ts";
import { consoleOptions } from "./options/console.ts";
import { countingOptions } from "./options/counting.ts";
import { cpuOptions } from "./options/cpu.ts";
import { diskOptions } from "./options/disk.ts";
import { machineOptions } from "./options/machine.ts";
import { memoryOptions } from "./options/memory.ts";
import { networkOptions } from "./options/network.ts";
import { panicOptions } from "./options/panic.ts";
import { portOptions } from "./options/port.ts";
import { qmpOptions } from "./options/qmp.ts";
import { rngOptions } from "./options/rng.ts";
import { credentialOptions } from "./options/smbios.ts";
import { tpmOptions } from "./options/tpm.ts";
import { watchdogOptions } from "./options/watchdog.ts";

/**
 * QEMU's arguments for a machine: pure, same spec, same argv. The program and the toolchain's `prefixArgs` come before.
 * The order of the devices fixes their PCI addresses; new devices go to the end, or recorded boots no longer repeat.
 */
export const toArgv = (spec: MachineSpec): string[] => [
  ...machineOptions(spec),
  ...cpuOptions(spec.cpu),
  ...memoryOptions(spec.memoryMiB),
  ...bootOptions(spec.boot),
  ...qmpOptions(spec.qmpSocketPath),
  ...consoleOptions(spec.console),
  ...rngOptions(spec),
  ...panicOptions(spec.onReboot),
  ...spec.disks.flatMap((disk) => diskOptions(disk, spec.counting)),
  ...portOptions(spec.ports, spec.counting),
  ...credentialOptions(spec.credentials),
  ...tpmOptions(spec.tpm),
  ...networkOptions(spec.network),
  ...watchdogOptions(spec.hasWatchdog),
  ...countingOptions(spec.counting),
];
