import { z } from "zod";
import {
  type AgentClient,
  agentOf,
  askRuntime,
  type BootedMachine,
  judgePhase,
  parseOsRelease,
  profile,
  type UpdateDriver,
} from "../../harness/index.ts";
import { waitForHealth } from "../kubelet/kubelet-health.ts";
import { defaultSocket } from "../node-runtime/ask.ts";
import { watchedDeadline } from "../node-runtime/watched-deadline.ts";
import type { NodeSeen, ServiceSeen } from "./cycle-seen.ts";
import { digestsBelow, etcOfRootDevice } from "./guest-digests.ts";

/** Multiplied by how slow the host is. The kubelet tries again what failed after 10 and 20 s. */
const containersMs = 90_000;
const healthMs = 180_000;
const criMs = 60_000;

const containersSchema = z.object({
  isComplete: z.boolean(),
  containers: z.array(z.object({ name: z.string(), isRunning: z.boolean() })),
});

/** Looks at a node that has just booted; returns when its containers run and its services are up, or their time is over. */
export const lookAtNode = async (
  machine: BootedMachine,
  driver: UpdateDriver,
  slowness: number,
): Promise<NodeSeen> => {
  const agent = agentOf(machine);
  // The load is sampled up to the ready point only, so first.
  const phases = phasesOf(machine, slowness);
  const services = await servicesOf(machine, agent, slowness);
  const containers = await containersOf(machine, agent, slowness);
  const identity = await driver.version(agent);
  const osRelease = await osReleaseOf(agent);
  return {
    bootId: machine.bootId,
    identity,
    imageVersion: osRelease["IMAGE_VERSION"],
    commandLine: String(await agent.readFile("/proc/cmdline", { length: 4096 })).trim(),
    entries: driver.canList ? await driver.entries(agent) : undefined,
    etc: await digestsBelow(agent, "/etc"),
    shippedEtc: await etcOfRootDevice(agent),
    failedUnits: (await agent.failedUnits()).map(({ name, result }) => `${name} (${result})`),
    complaints: machine.consoleComplaints(),
    containers,
    services,
    phases,
  };
};

const phasesOf = (machine: BootedMachine, slowness: number): NodeSeen["phases"] => {
  const { accel, manifest } = machine.plan;
  return manifest.budgets.flatMap(({ phase, budgetMs }) => {
    const measured = machine.timeline.phases.find(({ name }) => name === phase);
    if (measured === undefined) return [];
    return [{ phase, ...judgePhase(measured, budgetMs[accel], { load: machine.load, slowness }) }];
  });
};

const servicesOf = async (
  machine: BootedMachine,
  agent: AgentClient,
  slowness: number,
): Promise<readonly ServiceSeen[]> => {
  const services: ServiceSeen[] = [];
  const { containerd, kubelet } = profile();
  if (containerd !== undefined || kubelet !== undefined) {
    const withinMs = Math.ceil(criMs * Math.max(1, slowness));
    const deadline = watchedDeadline(machine, withinMs);
    const answer = await askRuntime(agent, ["cri"], z.unknown(), {
      socket: containerd?.socket ?? defaultSocket,
      namespace: "k8s.io",
      withinMs,
    });
    const isHealthy = answer.kind === "answered" || answer.kind === "no-probe";
    services.push({
      name: "containerd",
      isHealthy,
      wasStarved: answer.kind === "late" && deadline.wasStarved(),
      lastSeen: "reason" in answer ? answer.reason : "its CRI answers",
    });
  }
  if (kubelet !== undefined) {
    const { unit, healthPort } = kubelet;
    const deadline = watchedDeadline(machine, healthMs * Math.max(1, slowness));
    const { isHealthy, isStarved, lastSeen } = await waitForHealth(
      agent,
      unit,
      healthPort,
      deadline,
    );
    services.push({ name: unit, isHealthy, wasStarved: isStarved, lastSeen });
  }
  return services;
};

const containersOf = async (
  machine: BootedMachine,
  agent: AgentClient,
  slowness: number,
): Promise<NodeSeen["containers"]> => {
  const names = (profile().preloadedImages?.containers ?? []).map(({ name }) => name);
  if (names.length === 0) return { absent: [], wasStarved: false };
  const withinMs = Math.ceil(containersMs * Math.max(1, slowness));
  const deadline = watchedDeadline(machine, withinMs);
  const socket = profile().containerd?.socket ?? defaultSocket;
  const answer = await askRuntime(agent, ["containers", ...names], containersSchema, {
    socket,
    namespace: "k8s.io",
    withinMs,
  });
  const running =
    answer.kind === "answered"
      ? answer.value.containers.filter(({ isRunning }) => isRunning).map(({ name }) => name)
      : [];
  const absent = names.filter((name) => !running.includes(name));
  return { absent, wasStarved: absent.length > 0 && deadline.wasStarved() };
};

const osReleaseOf = async (agent: AgentClient): Promise<Readonly<Record<string, string>>> => {
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    if (!(await agent.exists(path))) continue;
    return parseOsRelease(String(await agent.readFile(path, { length: 65_536 })));
  }
  return {};
};
