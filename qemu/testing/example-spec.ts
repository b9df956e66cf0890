import type { MachineSpec } from "../machine-spec.ts";

/** The smallest complete spec, for tests to vary. */
export const exampleSpec = (changes: Partial<MachineSpec> = {}): MachineSpec => ({
  name: "example",
  accel: "tcg",
  machineType: "q35",
  cpu: { model: "Nehalem", count: 2 },
  memoryMiB: 1024,
  boot: { kind: "firmware", firmware: "bios" },
  disks: [],
  console: { pipePath: "/run/x/console" },
  ports: [],
  credentials: [],
  qmpSocketPath: "/run/x/qmp.sock",
  network: "none",
  onReboot: "reset",
  ...changes,
});
