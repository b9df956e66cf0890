import type { V1Node } from "@kubernetes/client-node";
import { expect, fail } from "../../../harness/index.ts";
import type { WatchedDeadline } from "../../node-runtime/watched-deadline.ts";
import { expectedKubelet } from "../shipped-kubelet.ts";
import { apiCheck } from "./api-check.ts";
import type { Cluster } from "./cluster.ts";
import { isNotFound, throughKubelet } from "./cluster-client.ts";
import { isReadyNode } from "./ready.ts";

const conditionOf = (node: V1Node, wanted: string) =>
  node.status?.conditions?.find(({ type }) => type === wanted);

/** Gauges of the kubelet that registered the node, set once (kubelet/util/node_startup_latency_tracker.go). */
const startUpGauges = {
  "pre-kubelet": "kubelet_node_startup_pre_kubelet_duration_seconds",
  "pre-registration": "kubelet_node_startup_pre_registration_duration_seconds",
  registration: "kubelet_node_startup_registration_duration_seconds",
  "post-registration": "kubelet_node_startup_post_registration_duration_seconds",
  "kernel-to-ready": "kubelet_node_startup_duration_seconds",
} as const;

apiCheck(
  "kubelet/api/node-ready",
  { title: "The node registers with the API server and becomes ready" },
  async ({ cluster, evidence, figure }) => {
    const node = await nodeWhen(cluster, "become ready", isReadyNode, cluster.within(120));
    const readyMs = cluster.machine.nowMs();
    cluster.machine.reached([
      { name: "node-ready", endMs: readyMs, witness: "API server: condition Ready of the node" },
    ]);
    figure("power-on-to-ready", readyMs / 1000, "s");
    const ready = conditionOf(node, "Ready");
    evidence("condition", JSON.stringify(ready));
    expect(ready?.reason).toBe("KubeletReady");
    expect(await startUpFigures(cluster, figure)).toEqual(Object.keys(startUpGauges));
  },
);

/** Through the API server, so from the kubelet's own port. @returns the names of those above 0. */
const startUpFigures = async (
  { client, node }: Cluster,
  figure: (name: string, value: number, unit: string) => void,
): Promise<readonly string[]> => {
  const text = await throughKubelet(
    client.core.connectGetNodeProxyWithPath({ name: node, path: "metrics" }),
  );
  const found = Object.entries(startUpGauges).map(([name, gauge]) => {
    const value = Number(new RegExp(`^${gauge} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
    figure(name, value, "s");
    return [name, value] as const;
  });
  return found.filter(([, value]) => value > 0).map(([name]) => name);
};

/** The node as soon as it is so. @param what completes "The node should". */
const nodeWhen = async (
  { node, nodes }: Cluster,
  what: string,
  isSo: (node: V1Node) => boolean,
  deadline: WatchedDeadline,
): Promise<V1Node> => await nodes.until(node, what, isSo, { deadline });

const read = async ({ agent }: Cluster, path: string): Promise<string> =>
  String(await agent.readFile(path)).trim();

apiCheck(
  "kubelet/api/conditions",
  { title: "The node has enough memory, disk and processes, and says so" },
  async ({ cluster, evidence }) => {
    const node = await nodeWhen(cluster, "become ready", isReadyNode, cluster.within(120));
    const seen = Object.fromEntries(
      (node.status?.conditions ?? []).map(({ type, status }) => [type, status]),
    );
    evidence("conditions", JSON.stringify(seen));
    expect(seen).toEqual({
      Ready: "True",
      MemoryPressure: "False",
      DiskPressure: "False",
      PIDPressure: "False",
    });
  },
);

apiCheck(
  "kubelet/api/node-facts",
  { title: "The node tells the API server which machine, boot, kernel and versions it is" },
  async ({ cluster, evidence }) => {
    const node = await nodeWhen(cluster, "register", () => true, cluster.within(120));
    const info = node.status?.nodeInfo ?? fail("The node says nothing of itself");
    evidence("node", JSON.stringify(info));
    const { bootID, machineID, kernelVersion, architecture, operatingSystem } = info;
    expect({ bootID, machineID, kernelVersion, architecture, operatingSystem }).toEqual({
      bootID: await read(cluster, "/proc/sys/kernel/random/boot_id"),
      machineID: await read(cluster, "/etc/machine-id"),
      kernelVersion: await read(cluster, "/proc/sys/kernel/osrelease"),
      architecture: "amd64",
      operatingSystem: "linux",
    });
    expect(info.kubeletVersion).toMatch(new RegExp(expectedKubelet().version));
    expect(info.containerRuntimeVersion).toMatch(/^containerd:\/\/\d+\./);
    expect(node.status?.addresses).toEqual([
      { type: "InternalIP", address: "10.0.2.15" },
      { type: "Hostname", address: cluster.node },
    ]);
  },
);

const bytesOf = (quantity = ""): number => {
  const [, digits = "", unit = ""] = /^(\d+)([KMG]i)?$/.exec(quantity) ?? [];
  return Number(digits) * { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[unit as ""];
};

apiCheck(
  "kubelet/api/allocatable",
  { title: "What the node offers is what the guest has, less what it keeps back" },
  async ({ cluster, evidence, figure }) => {
    const node = await nodeWhen(cluster, "register", () => true, cluster.within(120));
    const { capacity = {}, allocatable = {} } = node.status ?? {};
    evidence("node", JSON.stringify({ capacity, allocatable }));
    const total = /^MemTotal:\s+(\d+) kB$/m.exec(await read(cluster, "/proc/meminfo"))?.[1];
    const processors = (await read(cluster, "/proc/cpuinfo")).match(/^processor\s*:/gm) ?? [];
    expect({ memory: capacity["memory"], cpu: capacity["cpu"] }).toEqual({
      memory: `${total}Ki`,
      cpu: String(processors.length),
    });
    const kept = bytesOf(capacity["memory"]) - bytesOf(allocatable["memory"]);
    figure("memory-kept", kept / 2 ** 20, "MiB");
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(bytesOf(capacity["memory"]) / 2);
    expect(Number(allocatable["pods"])).toBeGreaterThan(0);
    expect(bytesOf(allocatable["ephemeral-storage"])).toBeGreaterThan(2 ** 30);
  },
);

const leases = "kube-node-lease";

apiCheck(
  "kubelet/api/lease",
  { title: "The node renews its lease, so that nobody takes it for lost" },
  async ({ cluster, evidence, figure }) => {
    const deadline = cluster.within(120);
    const first = await renewalAfter(cluster, 0, deadline);
    const later = await renewalAfter(cluster, first, deadline);
    evidence("lease", `renewed at ${new Date(later).toISOString()}`);
    figure("renewed-after", (later - first) / 1000, "s");
  },
);

/** When the node's lease was renewed, the first time after `ms` that is seen. */
const renewalAfter = async (
  cluster: Cluster,
  ms: number,
  deadline: WatchedDeadline,
): Promise<number> =>
  await cluster.lookUntil("A renewal of the lease", deadline, async (see) => {
    const lease = await cluster.client.coordination
      .readNamespacedLease({ name: cluster.node, namespace: leases })
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
        return undefined;
      });
    see(lease === undefined ? "no lease" : JSON.stringify(lease.spec));
    if (lease?.spec?.renewTime === undefined) return undefined;
    expect(lease.spec.holderIdentity).toBe(cluster.node);
    const renewedMs = new Date(lease.spec.renewTime).getTime();
    return renewedMs > ms ? renewedMs : undefined;
  });

apiCheck(
  "kubelet/api/heartbeat",
  { title: "The node repeats its status, though nothing in it changes" },
  async ({ cluster, figure }) => {
    const beat = (node: V1Node): number =>
      new Date(conditionOf(node, "Ready")?.lastHeartbeatTime ?? 0).getTime();
    const first = beat(await nodeWhen(cluster, "become ready", isReadyNode, cluster.within(120)));
    const later = await nodeWhen(
      cluster,
      "repeat its status",
      (node) => beat(node) > first,
      cluster.within(90),
    );
    figure("repeated-after", (beat(later) - first) / 1000, "s");
  },
);
