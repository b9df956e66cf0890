import {
  type AgentClient,
  agentOf,
  deadlineAfter,
  defineTrial,
  errnoOf,
  errorCodeOf,
  profile,
  type Trial,
} from "../../harness/index.ts";
import { type Asked, ask } from "../node-runtime/ask.ts";
import { importWorkload, workloadImage } from "../node-runtime/import-workload.ts";
import { wasStarved } from "../node-runtime/was-starved.ts";
import { type Promised, promisedOfKnown } from "./promised.ts";
import {
  forgottenSchema,
  type LaterServer,
  laterSchema,
  type Removal,
  removalSchema,
  stockSchema,
  type Workloads,
  workloadsSchema,
} from "./workload-facts.ts";

/** Pods and containers from before their start until they were removed. */
export interface WorkloadsSeen {
  readonly expected: Promised;
  readonly nonce: string;
  readonly ran: Workloads;
  /** What systemd says of the unit that the cgroup of the container that goes on is named after. */
  readonly scopeState: string;
  /** While they ran. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** The same container after containerd was restarted. */
  readonly later: LaterServer;
  readonly removal: Removal;
  /** What containerd wrote since its restart that is no mere information, or tells of shims. */
  readonly complaints: readonly string[];
  /** What there is at the end that there was not before the image was brought. */
  readonly left: readonly string[];
  readonly tookMs: number;
  /** While the containers ran, and over the restart: what the guest did not do in such a time says nothing of it. */
  readonly starved: { readonly running: boolean; readonly restart: boolean };
}

/** Multiplied by how slow the host is. It took some 30 s in all on a loaded one (2026-11-30). */
const withinMs = 180_000;
const unitMs = 300_000;
/** For a kubelet to start again. */
const startMs = 60_000;

export const workloads: Trial<WorkloadsSeen> = defineTrial(async ({ sharedMachine, slowness }) => {
  const machine = await sharedMachine();
  const agent = agentOf(machine);
  const asked: Asked = { agent, machine, slowness };
  const { expected } = await promisedOfKnown(asked);
  await imagesBrought(agent);
  const stopped = await stopUnits(agent, expected.otherClients);
  try {
    return await seenOf(asked, expected);
  } finally {
    await startUnits(agent, stopped);
  }
});

const seenOf = async (asked: Asked, expected: Promised): Promise<WorkloadsSeen> => {
  const { agent, machine } = asked;
  const startedMs = performance.now();
  const nonce = crypto.randomUUID();
  const before = await ask(asked, ["stock"], stockSchema);
  await importWorkload(agent, expected.socket);
  const order = {
    image: workloadImage,
    cgroupDriver: expected.cgroupDriver,
    nonce,
    kubeletDirectory: expected.kubeletDirectory ?? "",
    hasNetwork: expected.hasPodNetwork,
  };
  try {
    const beforeRun = machine.sampleLoad();
    const ran = await ask(asked, ["workloads", JSON.stringify(order)], workloadsSchema, withinMs);
    const running = wasStarved(machine, beforeRun);
    const sysctls: Record<string, string> = {};
    for (const { name } of expected.sysctls) sysctls[name] = await sysctlOf(agent, name);
    const scope = /[^/]*\.scope$/.exec(ran.serves.cgroup)?.[0];
    const scopeState = scope === undefined ? "no scope" : (await agent.unit(scope)).activeState;
    const beforeRestart = machine.sampleLoad();
    await agent.controlUnit(expected.unit, "restart", { deadline: deadlineAfter(unitMs) });
    const later = await ask(asked, ["later"], laterSchema, withinMs);
    const restart = wasStarved(machine, beforeRestart);
    const removal = await ask(asked, ["remove"], removalSchema, withinMs);
    const complaints = await complaintsOf(agent, expected.unit);
    await ask(asked, ["forget", workloadImage], forgottenSchema);
    await imagesBrought(agent);
    const after = await ask(asked, ["stock"], stockSchema);
    return {
      ...{ expected, nonce, ran, scopeState, sysctls, later, removal, complaints },
      left: after.items.filter((item) => !before.items.includes(item)),
      tookMs: performance.now() - startedMs,
      starved: { running, restart },
    };
  } catch (error) {
    // Whoever has the machine next gets it without our pods.
    await ask(asked, ["remove"], removalSchema, withinMs).catch(() => undefined);
    throw error;
  }
};

/** The node's own images are there: what brings them, which is started again with containerd, would bring more while we look. */
const imagesBrought = async (agent: AgentClient): Promise<void> => {
  const unit = profile().preloadedImages?.unit;
  if (unit !== undefined) await agent.waitForUnitUntil(unit, deadlineAfter(unitMs));
};

const complaintsOf = async (agent: AgentClient, unit: string): Promise<readonly string[]> => {
  const argv = ["/usr/bin/journalctl", "-b", "-u", unit, "-o", "cat", "-n", "300", "--no-pager"];
  const { stdout } = await agent.exec(argv).catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT") throw error;
    return { stdout: "" };
  });
  const lines = String(stdout).split("\n");
  const started = lines.findLastIndex((line) => line.includes("starting containerd"));
  return lines
    .slice(Math.max(started, 0))
    .filter((line) => /level=(warn|error|fatal)|shim/.test(line))
    .slice(0, 30);
};

const sysctlOf = async (agent: AgentClient, name: string): Promise<string> =>
  await agent.getSysctl(name).catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT") throw error;
    return "not there";
  });

/** Stops them, also one that only is about to start. Those that would run by themselves. */
const stopUnits = async (
  agent: AgentClient,
  units: readonly string[],
): Promise<readonly string[]> => {
  const stopped: string[] = [];
  for (const unit of units) {
    const { loadState, activeState, hasJob } = await agent.unit(unit);
    if (loadState !== "loaded") continue;
    await agent.controlUnit(unit, "stop", { deadline: deadlineAfter(unitMs) });
    if (activeState !== "inactive" || hasJob) stopped.push(unit);
  }
  return stopped;
};

/** Whether they come up is for others to judge. */
const startUnits = async (agent: AgentClient, units: readonly string[]): Promise<void> => {
  for (const unit of units) {
    const deadline = deadlineAfter(startMs);
    await agent.controlUnit(unit, "start", { deadline }).catch((error: unknown) => {
      if (errorCodeOf(error) !== "TIMEOUT") throw error;
    });
  }
};
