// The node that Kubernetes' node tests are run on: the image's own containerd and kubelet, an API server of this host.
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  type ControlPlane,
  deadlineAfter,
  errorCodeOf,
  type TrialTools,
} from "../../../harness/index.ts";
import { mirroredContainerd, requireContainerd } from "../../conformance/mirrored-containerd.ts";
import { mountDisks, payload, results } from "../../conformance/mounted-disks.ts";
import type { SpecMachine } from "../../conformance/whole-run.ts";
import { tooLate, watchedDeadline } from "../../node-runtime/watched-deadline.ts";
import { type ClusterClient, clusterClient } from "../api/cluster-client.ts";
import {
  apiServerOf,
  askable,
  connectGuest,
  type Joining,
  joinKubelet,
  networkTo,
  nodeName,
} from "../api/join.ts";
import { isReadyNode } from "../api/ready.ts";
import { nodeWatch } from "../api/watches.ts";
import type { ConfigFields } from "../kubelet-flags.ts";
import { reconfiguredKubelet } from "../reconfigured-kubelet.ts";
import { shippedKubelet } from "../shipped-kubelet.ts";
import type { NodeSpec } from "./select-specs.ts";

/** The serial of the disk with the program, and where it is mounted. */
export const nodeTests = { serial: "node-tests", path: "/run/bootwright/node-tests" };

/** What the program asks of the system before it runs a spec. */
export const systemSpecPath = "/run/bootwright/system-spec.json";

/** For three processes of the program and their pods beside the node's own; manifests give what a node needs without them. */
const leastMemoryMiB = 3072;
const suite = "kubelet";

export interface TestedNode extends SpecMachine {
  readonly agent: AgentClient;
  readonly client: ClusterClient;
  /** containerd's. */
  readonly socket: string;
  /** Starts the kubelet as specs of this kind want it. The check ends here when it does not become healthy, or ready. */
  become(mode: NodeSpec["mode"]): Promise<void>;
}

/** Boots a machine with all that the program needs; its kubelet is as the image has it. */
export const bootNode = async (
  { boot, makeFileSystem, manifest, slowness }: TrialTools,
  plane: ControlPlane,
  { payloadPath, nodeTestsPath }: { readonly payloadPath: string; readonly nodeTestsPath: string },
): Promise<TestedNode> => {
  const { sizeMiB } = results;
  const resultsDisk = await makeFileSystem({ label: "bwresults", sizeMiB, files: {} });
  const machine = await boot("node-e2e", {
    memoryMiB: Math.max(manifest.machine.memoryMiB ?? 0, leastMemoryMiB),
    network: networkTo(plane),
    attached: [
      { serial: payload.serial, path: payloadPath, format: "raw", readOnly: true },
      { serial: results.serial, path: resultsDisk.path, format: "raw", readOnly: false },
      { serial: nodeTests.serial, path: nodeTestsPath, format: "raw", readOnly: true },
    ],
  });
  const agent = agentOf(machine);
  await requireContainerd(agent, { suite });
  const resultsDevice = await mountDisks(agent, [nodeTests]);
  const { socket, version } = await mirroredContainerd({ machine, agent }, { slowness, suite });
  await connectGuest(machine, agent, plane);
  await agent.writeFile(systemSpecPath, JSON.stringify(systemSpec));
  const client = clusterClient(plane);
  const become: TestedNode["become"] = async (mode) =>
    mode === "joined"
      ? await join({ machine, agent, plane }, client, slowness)
      : await standAlone(machine, agent, slowness);
  return { machine, agent, client, socket, version, resultsDisk, resultsDevice, become };
};

// As the program's own (system.DefaultSysSpec of k8s.io/system-validators), less the kernel's configuration: few images have it
// in a file, and suite containerd tries the features themselves.
const systemSpec = {
  os: "Linux",
  kernelSpec: { versions: ["^5\\.(?:4|10|15)\\.", "^(?:[6-9]|[1-9][0-9]+)\\."] },
  cgroups: ["cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"],
  cgroupsV2: ["cpu", "cpuset", "devices", "freezer", "memory", "pids"],
};

const standAlone = async (
  machine: BootedMachine,
  agent: AgentClient,
  slowness: number,
): Promise<void> => {
  const { health } = await reconfiguredKubelet(agent, await shippedKubelet(agent), {
    config: testedConfig,
    files,
    flags: { "hostname-override": nodeName },
    without: ["kubeconfig", "bootstrap-kubeconfig", "cloud-provider"],
    within: () => watchedDeadline(machine, 120_000 * Math.max(1, slowness)),
  });
  if (!health.isHealthy)
    tooLate(
      { wasStarved: () => health.isStarved },
      `As the specs want it the kubelet is not healthy: ${health.lastSeen}`,
    );
};

const join = async (joining: Joining, client: ClusterClient, slowness: number): Promise<void> => {
  await joinKubelet(joining, { config: testedConfig, files, flags: testedFlags, slowness });
  await using nodes = nodeWatch(client);
  await nodes.start();
  // The program itself gives up after two minutes, whatever the host's speed.
  const deadline = watchedDeadline(joining.machine, 180_000 * Math.max(1, slowness));
  await nodes.until(nodeName, "become ready", isReadyNode, { deadline });
  await receive(joining, slowness);
};

/**
 * A spec wants a node whose card has received a megabyte, as one has that pulled its images over it: it gets the longest text that the
 * API server has. What becomes of that is for the spec to see.
 */
const receive = async ({ agent, plane }: Joining, slowness: number): Promise<void> => {
  const asked = agent.http(`${apiServerOf(plane)}/openapi/v2`, {
    deadline: deadlineAfter(60_000 * Math.max(1, slowness)),
    headers: {
      accept: "application/json",
      "accept-encoding": "identity",
      authorization: `Bearer ${plane.tokens.admin}`,
    },
    maxBodyBytes: 2 * 1024 * 1024,
  });
  await asked.catch((error: unknown) => {
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
  });
};

/** Nobody else tells a kubelet which processes are the runtime's; a spec wants to see what these use. It is a flag and no field. */
const testedFlags = { "runtime-cgroups": "/system.slice/containerd.service" };

/** A directory for static pods that specs put there; names with a dot in front are none. */
const files = { "static-pods/.keep": "" };

/** What the program tells a kubelet that it starts itself (test/e2e_node/services/kubelet.go), over the image's configuration. */
const testedConfig = (directory: string): ConfigFields => ({
  ...askable,
  // Specs in the guest ask it without a token.
  readOnlyPort: 10_255,
  staticPodPath: `${directory}/static-pods`,
  cgroupRoot: "/",
  volumeStatsAggPeriod: "10s",
  serializeImagePulls: false,
  fileCheckFrequency: "10s",
  podCIDR: "10.100.0.0/24",
  evictionPressureTransitionPeriod: "30s",
  // Its own is a minute: specs wait so long for a changed secret.
  syncFrequency: "10s",
});
