/** e_machine as the gABI numbers it, by the names that uname -m gives. */
const names: ReadonlyMap<number, string> = new Map([
  [3, "i386"],
  [8, "mips"],
  [20, "ppc"],
  [21, "ppc64"],
  [22, "s390x"],
  [40, "arm"],
  [62, "x86_64"],
  [183, "aarch64"],
  [243, "riscv"],
  [247, "bpf"],
  [258, "loongarch"],
]);

export const machineName = (machine: number): string => names.get(machine) ?? `machine-${machine}`;
