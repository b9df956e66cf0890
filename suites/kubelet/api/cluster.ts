import { setTimeout as pause } from "node:timers/promises";
import type {
  V1Container,
  V1ContainerStatus,
  V1Node,
  V1Pod,
  V1PodSpec,
} from "@kubernetes/client-node";
import type { AgentClient, BootedMachine } from "../../../harness/index.ts";
import { workloadImage } from "../../node-runtime/import-workload.ts";
import { type WatchedDeadline, watchedDeadline } from "../../node-runtime/watched-deadline.ts";
import { type ClusterClient, throughKubelet } from "./cluster-client.ts";
import { late } from "./late.ts";
import type { ObjectWatch } from "./object-watch.ts";
import { type Execution, execIn, readCat } from "./pod-streams.ts";
import { Turns } from "./turns.ts";

/** The namespace of all pods that checks make. */
export const namespace = "bootwright";

/** A container that runs the suite's program, without a shell; what it is given comes over the defaults. */
export const container = (
  args: readonly string[],
  changes: Partial<V1Container> = {},
): V1Container => ({
  name: "main",
  image: workloadImage,
  imagePullPolicy: "Never",
  command: ["/workload"],
  args: [...args],
  ...changes,
});

/** One node that has joined an API server, and what checks do with it. */
export class Cluster {
  readonly node: string;
  readonly client: ClusterClient;
  readonly agent: AgentClient;
  readonly machine: BootedMachine;
  /** Of the kubelet. */
  readonly rootDirectory: string;
  readonly nodes: ObjectWatch<V1Node>;
  readonly pods: ObjectWatch<V1Pod>;
  readonly #slowness: number;
  readonly #starts = new Turns(startsAtOnce);

  constructor(parts: {
    readonly node: string;
    readonly client: ClusterClient;
    readonly agent: AgentClient;
    readonly machine: BootedMachine;
    readonly rootDirectory: string;
    readonly nodes: ObjectWatch<V1Node>;
    readonly pods: ObjectWatch<V1Pod>;
    readonly slowness: number;
  }) {
    this.node = parts.node;
    this.client = parts.client;
    this.agent = parts.agent;
    this.machine = parts.machine;
    this.rootDirectory = parts.rootDirectory;
    this.nodes = parts.nodes;
    this.pods = parts.pods;
    this.#slowness = parts.slowness;
  }

  /** For one wait that begins now. @param seconds on a host of common speed, with nothing else to do. */
  within(seconds: number): WatchedDeadline {
    return watchedDeadline(this.machine, seconds * 1000 * Math.max(1, this.#slowness));
  }

  /**
   * Looks, again and again, until there is something; the check fails with what was seen last when the time is over. For what
   * cannot be waited for otherwise.
   */
  async lookUntil<T>(
    what: string,
    deadline: WatchedDeadline,
    look: (see: (seen: string) => void) => Promise<T | undefined>,
  ): Promise<T> {
    let last = "nothing";
    for (;;) {
      const found = await look((seen) => {
        last = seen;
      });
      if (found !== undefined) return found;
      if (deadline.remainingMs() === 0)
        return late(
          deadline,
          `${what} did not happen within ${Math.round(deadline.timeoutMs / 1000)} s; last seen: ${last.slice(0, 1500)}`,
        );
      await pause(lookEveryMs);
    }
  }

  /** Throws when the machine has failed: then nothing that was seen since says anything of a check. */
  async settled(): Promise<void> {
    if ((await this.machine.settledFailure()) !== undefined)
      throw new Error("The machine failed under the checks");
  }

  /** Makes a pod on the node; without a network of its own unless `hostNetwork` says false, since that costs time. */
  async create(name: string, spec: V1PodSpec): Promise<V1Pod> {
    const body: V1Pod = {
      metadata: { name, labels: { app: name } },
      spec: {
        nodeName: this.node,
        hostNetwork: true,
        dnsPolicy: "Default",
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 5,
        ...spec,
      },
    };
    return await this.#starts.take(
      () => this.client.core.createNamespacedPod({ namespace, body }),
      () => this.pods.until(name, "start", hasStarted, { deadline: this.within(podSeconds) }),
    );
  }

  /** Makes a pod and waits until its containers are ready. */
  async ready(name: string, spec: V1PodSpec): Promise<V1Pod> {
    await this.create(name, spec);
    return await this.pods.until(name, "become ready", isReady, {
      deadline: this.within(podSeconds),
      cannot: whyOver,
    });
  }

  /** Makes a pod and waits until it has ended, in the phase that its containers' exit codes lead to. */
  async ended(name: string, spec: V1PodSpec): Promise<V1Pod> {
    await this.create(name, spec);
    return await this.pods.until(name, "end", isOver, { deadline: this.within(podSeconds) });
  }

  async delete(name: string, gracePeriodSeconds?: number): Promise<void> {
    await this.client.core.deleteNamespacedPod({
      ...{ namespace, name },
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    });
  }

  /** Runs a subcommand of the suite's program in a container, through API server and kubelet. */
  async exec(pod: string, args: readonly string[], container = "main"): Promise<Execution> {
    const place = { namespace, pod, container };
    return await execIn(this.client, place, ["/workload", ...args], this.within(execSeconds));
  }

  /** What is in files of a container; undefined where one cannot be read. */
  async cat(pod: string, ...paths: readonly string[]): Promise<Record<string, string | undefined>> {
    return readCat(await this.exec(pod, ["cat", ...paths]));
  }

  /** What a container has printed so far. */
  async logs(
    pod: string,
    { container = "main", previous = false }: { container?: string; previous?: boolean } = {},
  ): Promise<string> {
    const limitBytes = 100_000;
    const { core } = this.client;
    return await throughKubelet(
      core.readNamespacedPodLog({ namespace, name: pod, container, previous, limitBytes }),
    );
  }

  /** The directory of a pod's volume in the guest. */
  volumePath(pod: V1Pod, plugin: string, name: string): string {
    const uid = pod.metadata?.uid ?? "";
    return `${this.rootDirectory}/pods/${uid}/volumes/kubernetes.io~${plugin}/${name}`;
  }
}

const lookEveryMs = 500;
const podSeconds = 180;
/** More at once make each of them slower, and none of them earlier; the shims of two dozen take a small guest's memory. */
const startsAtOnce = 6;
const execSeconds = 60;

export const isReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ===
  true;

const isOver = ({ status }: V1Pod): boolean =>
  status?.phase === "Succeeded" || status?.phase === "Failed";

/** Why nothing will be of a pod any more, for a wait that would go on. */
export const whyOver = (pod: V1Pod): string | undefined =>
  isOver(pod) ? "it has ended" : undefined;

export const statusOf = (pod: V1Pod, name = "main"): V1ContainerStatus | undefined =>
  [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
    (one) => one.name === name,
  );

/** Its containers run, or ended, or wait for something that is not in the way of other pods. */
const hasStarted = (pod: V1Pod): boolean => {
  const all = pod.status?.containerStatuses ?? [];
  const isStarting = ({ state }: V1ContainerStatus): boolean =>
    ["ContainerCreating", "PodInitializing"].includes(state?.waiting?.reason ?? "");
  const isInit = (pod.status?.initContainerStatuses ?? []).some(
    ({ state, started }) => state?.running !== undefined && started !== true,
  );
  return isOver(pod) || (all.length > 0 && (isInit || !all.some(isStarting)));
};
