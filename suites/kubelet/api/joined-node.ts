// The image's own kubelet with an API server of this host: the configuration of the image with what a cluster asks for on top.
// No controller and no scheduler: pods name their node, and what a controller would make is made here.
import { z } from "zod";
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  type ControlPlane,
  deadlineAfter,
  fail,
  guestMac,
  type TrialTools,
  unsupported,
} from "../../../harness/index.ts";
import { importWorkload } from "../../node-runtime/import-workload.ts";
import { reachedCri } from "../../node-runtime/reached-cri.ts";
import { tooLate, watchedDeadline } from "../../node-runtime/watched-deadline.ts";
import type { ConfigFields } from "../kubelet-flags.ts";
import { reconfiguredKubelet } from "../reconfigured-kubelet.ts";
import { expectedKubelet, type ShippedKubelet, shippedKubelet } from "../shipped-kubelet.ts";
import { Cluster, namespace } from "./cluster.ts";
import { type ClusterClient, clusterClient, nodeKubeconfig } from "./cluster-client.ts";
import { nodeWatch, podWatch } from "./watches.ts";

/** The ports at which guests find the API server, and it finds their kubelets. */
const apiPort = 6443;
const kubeletPort = 10_250;
const guestAddress = "10.0.2.15";
const nodeName = "node-under-test";
const kubeconfigPath = "/run/bootwright/kubeconfig";

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
  const machine = await boot("joined", {
    network: {
      forwardedPorts: [kubeletPort],
      guestForwards: [{ address: plane.guestAddress, port: apiPort, hostPort: plane.port }],
    },
  });
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

const brokenBy = (machine: BootedMachine, { died }: ControlPlane): Promise<never> => {
  const broken = Promise.race([
    died.then((error) => Promise.reject(error)),
    machine.ended.then(() => Promise.reject(new Error("The machine ended under the checks"))),
  ]);
  broken.catch(() => undefined); // it is raced with what may be over long before
  return broken;
};

/** What controllers make in a cluster, as far as pods here need it. */
const prepare = async ({ core }: ClusterClient): Promise<void> => {
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedServiceAccount({
    namespace,
    body: { metadata: { name: "default" } },
  });
};

const networkUp = z.object({ addresses: z.array(z.string()), step: z.string(), errno: z.string() });

const join = async (
  machine: BootedMachine,
  agent: AgentClient,
  plane: ControlPlane,
  slowness: number,
): Promise<ShippedKubelet> => {
  const seen = await agent.probe(
    "network-up",
    { mac: guestMac, address: `${guestAddress}/24`, timeoutMs: 60_000 },
    networkUp,
    { deadline: deadlineAfter(90_000) },
  );
  if (seen.step === "wait-for-card") unsupported("The guest has no driver for the network card");
  if (seen.step !== "done") fail(`The network card gets no address: ${seen.step} ${seen.errno}`);
  const port = machine.hostPort(kubeletPort);
  if (port !== undefined) plane.lead(`${guestAddress}:${kubeletPort}`, port);
  const shipped = await shippedKubelet(agent);
  await agent.makeDirectory("/run/bootwright");
  await agent.writeFile(kubeconfigPath, nodeKubeconfig(plane, apiPort), { mode: 0o600 });
  const { health } = await reconfiguredKubelet(agent, shipped, {
    config: joinedConfig,
    flags: {
      kubeconfig: kubeconfigPath,
      "hostname-override": nodeName,
      "node-ip": guestAddress,
    },
    // There is no cloud that would tell the node of itself.
    without: ["bootstrap-kubeconfig", "cloud-provider"],
    within: () => watchedDeadline(machine, 120_000 * Math.max(1, slowness)),
  });
  if (!health.isHealthy)
    tooLate(
      { wasStarved: () => health.isStarved },
      `With an API server the kubelet is not healthy: ${health.lastSeen}`,
    );
  machine.reached([
    { name: "kubelet-healthy", endMs: machine.nowMs(), witness: "agent: /healthz of the kubelet" },
  ]);
  return shipped;
};

/** Times are short, so that what happens now and then happens within minutes. */
const joinedConfig = (): ConfigFields => ({
  enableServer: true,
  address: "0.0.0.0",
  port: kubeletPort,
  // Nobody but the API server of this host gets as far as this port.
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: "AlwaysAllow" },
  registerNode: true,
  registerWithTaints: [],
  // Nobody signs certificates here.
  rotateCertificates: false,
  serverTLSBootstrap: false,
  nodeStatusUpdateFrequency: "5s",
  nodeStatusReportFrequency: "10s",
  syncFrequency: "10s",
  volumeStatsAggPeriod: "5s",
});
