import type { AgentClient } from "../../harness/index.ts";
import { saidBy } from "./kubelet-health.ts";
import { type Pod, type Pods, secured } from "./kubelet-server.ts";
import { canaryPort } from "./pods.ts";
import { type RunningContainer, readText, runningContainers } from "./standalone-node.ts";

/** The pod with a network and limits of its own. */
export interface Canary {
  readonly container: RunningContainer;
  readonly podIP: string | undefined;
  /** What it answers at its own address, and the name that it should give. */
  readonly greeting: string;
  readonly hostname: string;
  /** The limits of its cgroup, by the kernel; undefined where it has no such file. */
  readonly memoryMax: string | undefined;
  readonly cpuMax: string | undefined;
  /** Its log: the file on the disk, and what the kubelet serves of it. */
  readonly logPath: string;
  readonly logFile: string | undefined;
  readonly servedLog: string;
  /** What the kubelet says to a program that is to be run in it. */
  readonly ran: string;
}

export const canaryIn = async (agent: AgentClient, pods: Pods): Promise<Canary> => {
  const pod = pods.get("canary");
  const container = (await runningContainers(agent, pods, ["canary/canary"]))["canary/canary"];
  const podIP = pod?.status.podIP;
  const hostname = pod?.metadata.name ?? "";
  const logPath = logPathOf(pod, "canary");
  const cgroup = container.process?.cgroup;
  const limit = async (name: string): Promise<string | undefined> =>
    cgroup === undefined
      ? undefined
      : (await readText(agent, `/sys/fs/cgroup${cgroup}/${name}`))?.trim();
  const own = `bootwright/${hostname}/canary`;
  return {
    container,
    podIP,
    hostname,
    greeting:
      podIP === undefined
        ? "it has no address"
        : saidBy(await agent.http(`http://${podIP}:${canaryPort}/`)),
    memoryMax: await limit("memory.max"),
    cpuMax: await limit("cpu.max"),
    logPath,
    logFile: await logOf(agent, pod, "canary"),
    servedLog: saidBy(await agent.http(`${secured}/containerLogs/${own}`)),
    ran: saidBy(
      await agent.http(`${secured}/run/${own}?cmd=/workload%20print%20inside`, { method: "POST" }),
    ),
  };
};

/** Of the first start of a container. */
const logPathOf = (pod: Pod | undefined, container: string): string => {
  const { namespace = "", name = "", uid = "" } = pod?.metadata ?? {};
  return `/var/log/pods/${namespace}_${name}_${uid}/${container}/0.log`;
};

export const logOf = async (
  agent: AgentClient,
  pod: Pod | undefined,
  container: string,
): Promise<string | undefined> => await readText(agent, logPathOf(pod, container));
