import type { Cpu } from "../machine-spec.ts";
import { keyval } from "./keyval.ts";

/** `-cpu` (its commas are QEMU's own: they separate flags) and `-smp` with the topology stated. */
export const cpuOptions = (cpu: Cpu): readonly string[] => [
  ...["-cpu", cpu.model],
  ...[
    "-smp",
    keyval(undefined, ["cpus", cpu.count], ["sockets", 1], ["cores", cpu.count], ["threads", 1]),
  ],
];
