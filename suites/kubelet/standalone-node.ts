import type { AgentClient } from "../../harness/index.ts";
import { type GuestProcess, guestProcesses } from "../host-containers/guest-processes.ts";
import { type ContainerStatus, type KubeletServer, type Pods, statusOf } from "./kubelet-server.ts";
import type { ReconfiguredKubelet } from "./reconfigured-kubelet.ts";
import type { StandaloneWaits } from "./standalone-waits.ts";

/** What each act of the standalone trial works on. */
export interface StandaloneNode {
  readonly agent: AgentClient;
  readonly server: KubeletServer;
  readonly kubelet: ReconfiguredKubelet;
  readonly unit: string;
  /** Of the kubelet. */
  readonly rootDirectory: string;
  readonly waits: StandaloneWaits;
}

/** A container by the kubelet's word and by the kernel's. */
export interface RunningContainer {
  readonly status: ContainerStatus | undefined;
  /** Its first process; undefined where there is none. */
  readonly process: GuestProcess | undefined;
}

/** @param names `POD/CONTAINER`. */
export const runningContainers = async <Name extends string>(
  agent: AgentClient,
  pods: Pods,
  names: readonly Name[],
): Promise<Readonly<Record<Name, RunningContainer>>> => {
  const processes = await guestProcesses(agent);
  const found = names.map((name) => {
    const [pod = "", container = ""] = name.split("/");
    const status = statusOf(pods.get(pod), container);
    return [name, { status, process: firstProcessOf(status, processes) }] as const;
  });
  return Object.fromEntries(found) as Readonly<Record<Name, RunningContainer>>;
};

/** Container runtimes give each container a cgroup with its id in its name. */
const firstProcessOf = (
  status: ContainerStatus | undefined,
  processes: readonly GuestProcess[],
): GuestProcess | undefined => {
  const id = idOf(status);
  if (id === "") return undefined;
  const own = processes.filter(({ cgroup }) => cgroup.includes(id));
  return own.toSorted((a, b) => a.startedMs - b.startedMs)[0];
};

/** `containerd://ID` without the runtime. */
export const idOf = (status: ContainerStatus | undefined): string =>
  status?.containerID.split("://").at(-1) ?? "";

/** A file in a running container, as the host reaches it. */
export const pathIn = ({ process }: RunningContainer, path: string): string | undefined =>
  process === undefined ? undefined : `/proc/${process.pid}/root${path}`;

export const readText = async (agent: AgentClient, path: string): Promise<string | undefined> =>
  (await agent.exists(path)) ? String(await agent.readFile(path, { length: 65_536 })) : undefined;
