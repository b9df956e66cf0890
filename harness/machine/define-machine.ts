import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { MachineSpec } from "../../qemu/machine-spec.ts";
import type { Toolchain } from "../../qemu/toolchain.ts";
import { agentPortName } from "../agent/injection/agent-units.ts";
import { agentCredentials } from "../agent/injection/credentials.ts";
import { agentStartsAfter } from "./agent-starts-after.ts";
import type { DiskWork } from "./disk-work.ts";
import { type CopiedFile, createBoot, createDisks } from "./machine-disks.ts";
import { guestMac, type MachinePlan } from "./machine-plan.ts";

/** Directories for one machine; both are removed with it. */
export interface MachinePlace {
  /** Short path, for sockets. */
  readonly socketsPath: string;
  readonly disksPath: string;
}

export const removePlace = ({ socketsPath, disksPath }: MachinePlace): void => {
  rmSync(socketsPath, { recursive: true, force: true });
  rmSync(disksPath, { recursive: true, force: true });
};

/** A machine's complete description, with the files that were copied for it. */
export interface DefinedMachine {
  readonly spec: MachineSpec;
  readonly copies: readonly CopiedFile[];
  /** What was done to its disks. */
  readonly work?: DiskWork;
}

/** Makes the machine's disks and describes it. */
export const defineMachine = async (
  plan: MachinePlan,
  toolchain: Toolchain,
  place: MachinePlace,
): Promise<DefinedMachine> => {
  mkdirSync(place.socketsPath, { recursive: true, mode: 0o700 });
  mkdirSync(place.disksPath, { recursive: true, mode: 0o700 });
  const { disks, work } = await createDisks(plan, toolchain, place.disksPath);
  const usesPort = plan.agent.kind !== "none" && plan.agent.transport === "port";
  const { boot, copies } = await createBoot(plan, toolchain, place.disksPath);
  const spec: MachineSpec = {
    name: plan.manifest.name.replaceAll(/[^a-zA-Z0-9._-]/g, "-").slice(0, 50),
    accel: plan.accel,
    machineType: "q35",
    cpu: {
      model: plan.cpuModel,
      count: plan.counting === undefined ? plan.manifest.machine.cpus : 1,
    },
    memoryMiB: plan.manifest.machine.memoryMiB,
    boot,
    disks,
    console: { pipePath: join(place.socketsPath, "console") },
    ports: usesPort
      ? [{ name: agentPortName, socketPath: join(place.socketsPath, "agent.sock") }]
      : [],
    credentials: [
      ...(plan.agent.kind === "credentials"
        ? agentCredentials(plan.agent.transport, agentStartsAfter(plan))
        : []),
      ...Object.entries(plan.manifest.credentials).map(([name, value]) => ({ name, value })),
    ],
    ...(plan.manifest.machine.tpm ? { tpm: { directory: join(place.socketsPath, "tpm") } } : {}),
    ...(plan.manifest.machine.hasWatchdog ? { hasWatchdog: true } : {}),
    qmpSocketPath: join(place.socketsPath, "qmp.sock"),
    network:
      plan.network === undefined
        ? "none"
        : {
            mac: guestMac,
            ...plan.network,
            capturePath: join(place.disksPath, "network.pcap"),
          },
    onReboot: "exit",
    ...(plan.counting === undefined
      ? {}
      : { seed: 1, counting: { ...plan.counting, countsPath: join(place.disksPath, "counts") } }),
  };
  return { spec, copies, ...(work === undefined ? {} : { work }) };
};
