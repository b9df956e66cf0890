// The image's own kubelet with an API server of this host: the configuration of the image with what a cluster asks for on top.
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  type ControlPlane,
  type TrialTools,
} from "../../../harness/index.ts";
import { importWorkload } from "../../node-runtime/import-workload.ts";
import { reachedCri } from "../../node-runtime/reached-cri.ts";
import type { ConfigFields } from "../kubelet-flags.ts";
import { expectedKubelet, type ShippedKubelet } from "../shipped-kubelet.ts";
import { Cluster, namespace } from "./cluster.ts";
import { type ClusterClient, clusterClient } from "./cluster-client.ts";
import { askable, brokenBy, connectGuest, joinKubelet, networkTo, nodeName } from "./join.ts";
import { nodeWatch, podWatch } from "./watches.ts";

export interface JoinedNode extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Rejects, and never resolves, when the machine or the API server ends: it says whose fault that is. */
  readonly broken: Promise<never>;
}

/** Boots a machine with a network card and has its kubelet join an API server of this host. */
export const joinedNode = async ({
  boot,
  slowness,
  startControlPlane,
}: TrialTools): Promise<JoinedNode> => {
  expectedKubelet(); // before anything is started for an image that has none
  await using watches = new AsyncDisposableStack();
  const plane = await startControlPlane();
  const client = clusterClient(plane);
  await prepare(client);
  const machine = await boot("joined", { network: networkTo(plane) });
  const broken = brokenBy(machine, plane);
  const agent = agentOf(machine);
  await reachedCri(machine, agent, slowness);
  const { rootDirectory } = await join(machine, agent, plane, slowness);
  await importWorkload(agent);
  const nodes = watches.use(nodeWatch(client));
  const pods = watches.use(podWatch(client, namespace));
  await Promise.all([nodes.start(), pods.start()]);
  const kept = watches.move();
  return {
    cluster: new Cluster({
      ...{ node: nodeName, client, agent, machine, rootDirectory, nodes, pods, slowness },
    }),
    broken,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};

/** What controllers make in a cluster, as far as pods here need it. */
const prepare = async ({ core }: ClusterClient): Promise<void> => {
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedServiceAccount({
    namespace,
    body: { metadata: { name: "default" } },
  });
};

const join = async (
  machine: BootedMachine,
  agent: AgentClient,
  plane: ControlPlane,
  slowness: number,
): Promise<ShippedKubelet> => {
  await connectGuest(machine, agent, plane);
  const { shipped } = await joinKubelet(
    { machine, agent, plane },
    { config: joinedConfig, slowness },
  );
  machine.reached([
    { name: "kubelet-healthy", endMs: machine.nowMs(), witness: "agent: /healthz of the kubelet" },
  ]);
  return shipped;
};

/** Times are short, so that what happens now and then happens within minutes. */
const joinedConfig = (): ConfigFields => ({
  ...askable,
  nodeStatusUpdateFrequency: "5s",
  nodeStatusReportFrequency: "10s",
  syncFrequency: "10s",
  volumeStatsAggPeriod: "5s",
});
