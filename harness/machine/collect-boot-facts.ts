import { z } from "zod";
import type { AgentClient } from "../agent/agent-client.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { errorCodeOf } from "../core/errors.ts";
import { log } from "../core/log.ts";
import { type BootFacts, bootFactsLimits, type StartedUnit } from "../results/boot-facts.ts";
import type { RunningMachine } from "./running-machine.ts";

/** What QMP `query-blockstats` answers, as far as it is wanted. */
const blockStatsSchema = z.array(
  z.object({
    "node-name": z.string().default(""),
    stats: z.object({
      rd_bytes: z.number(),
      rd_operations: z.number(),
      wr_bytes: z.number(),
      wr_operations: z.number(),
    }),
  }),
);

/** Asks QEMU for what the disks did, and the guest, where it has an agent, for units and modules. */
export const collectBootFacts = async (
  machine: RunningMachine,
  agent: AgentClient | undefined,
): Promise<BootFacts> => ({
  disks: await diskTraffic(machine),
  units: agent === undefined ? [] : await ifTold(() => startedUnits(agent, readyUnit(machine))),
  modules: agent === undefined ? [] : await ifTold(() => loadedModules(agent)),
});

const diskTraffic = async ({ qemu }: RunningMachine): Promise<BootFacts["disks"]> => {
  const answer = await qemu.qmp.execute("query-blockstats", undefined, deadlineAfter(10_000));
  return blockStatsSchema
    .parse(answer)
    .slice(0, bootFactsLimits.disks)
    .map(({ "node-name": disk, stats }) => ({
      disk: disk.slice(0, 256),
      readBytes: stats.rd_bytes,
      reads: stats.rd_operations,
      writtenBytes: stats.wr_bytes,
      writes: stats.wr_operations,
    }));
};

const readyUnit = ({ plan }: RunningMachine): string | undefined =>
  plan.manifest.ready.kind === "unit" ? plan.manifest.ready.unit : undefined;

/** What does something. Each device has a dozen names, and all come when their disk does. */
const wantedUnits = /\.(service|mount|swap)$/;
/** For some hundred units of a guest whose instructions are counted, on a busy host. */
const askMs = 180_000;

/** Until the ready point. */
const startedUnits = async (
  agent: AgentClient,
  ready: string | undefined,
): Promise<readonly StartedUnit[]> => {
  const loaded = await agent.units();
  const names = loaded
    .filter(({ loadState, name }) => loadState === "loaded" && name.length <= 256)
    .map(({ name }) => name)
    .filter((name) => wantedUnits.test(name))
    .slice(0, bootFactsLimits.units);
  const { units } = await agent.timeline(names, { deadline: deadlineAfter(askMs) });
  const readyUs = (ready === undefined ? undefined : units[ready]?.activeEnterUs) ?? Infinity;
  return Object.values(units)
    .filter(({ inactiveExitUs, activeEnterUs }) => inactiveExitUs > 0 || activeEnterUs > 0)
    .filter(({ inactiveExitUs }) => inactiveExitUs <= readyUs)
    .map(({ name, inactiveExitUs, activeEnterUs }) => ({
      name,
      startMs: Math.max(0, activeEnterUs - inactiveExitUs) / 1000,
    }));
};

const loadedModules = async (agent: AgentClient): Promise<readonly string[]> => {
  const text = (await agent.readFile("/proc/modules")).toString("latin1");
  return text
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name !== "" && name.length <= 256)
    .slice(0, bootFactsLimits.modules);
};

/** A guest without systemd or modules has none of them; and a comparison without names is better than no boot. */
const ifTold = async <T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await ask();
  } catch (error) {
    const code = errorCodeOf(error);
    if (code !== "AGENT_REQUEST" && code !== "TIMEOUT") throw error;
    log.info({ error }, "no boot facts");
    return [];
  }
};
