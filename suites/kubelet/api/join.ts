// How the image's own kubelet comes to an API server of this host. No controller and no scheduler: pods name their node, and what
// a controller would make is made here.
import { z } from "zod";
import {
  type AgentClient,
  type BootedMachine,
  type ControlPlane,
  deadlineAfter,
  fail,
  guestMac,
  type NetworkPlan,
  unsupported,
} from "../../../harness/index.ts";
import { tooLate, watchedDeadline } from "../../node-runtime/watched-deadline.ts";
import type { ConfigFields } from "../kubelet-flags.ts";
import {
  type KubeletChanges,
  type ReconfiguredKubelet,
  reconfiguredKubelet,
} from "../reconfigured-kubelet.ts";
import { type ShippedKubelet, shippedKubelet } from "../shipped-kubelet.ts";
import { nodeKubeconfig } from "./cluster-client.ts";

/** The ports at which guests find the API server, and it finds their kubelets. */
const apiPort = 6443;
const kubeletPort = 10_250;
const guestAddress = "10.0.2.15";
const kubeconfigPath = "/run/bootwright/kubeconfig";

export const nodeName = "node-under-test";

/** Where the guest finds the API server. */
export const apiServerOf = ({ guestAddress: address }: ControlPlane): string =>
  `https://${address}:${apiPort}`;

/** The card of a machine whose kubelet is to join. */
export const networkTo = (plane: ControlPlane): NetworkPlan => ({
  forwardedPorts: [kubeletPort],
  guestForwards: [{ address: plane.guestAddress, port: apiPort, hostPort: plane.port }],
});

/** Rejects, and never resolves, when the machine or the API server ends. */
export const brokenBy = (machine: BootedMachine, { died }: ControlPlane): Promise<never> => {
  const broken = Promise.race([
    died.then((error) => Promise.reject(error)),
    machine.ended.then(() => Promise.reject(new Error("The machine ended under the checks"))),
  ]);
  broken.catch(() => undefined); // it is raced with what may be over long before
  return broken;
};

const networkUp = z.object({ addresses: z.array(z.string()), step: z.string(), errno: z.string() });

/** Gives the guest's card its address, and leads the API server to the kubelet. The check ends here where that fails. */
export const connectGuest = async (
  machine: BootedMachine,
  agent: AgentClient,
  plane: ControlPlane,
): Promise<void> => {
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
};

/** A machine and the API server that its kubelet is to join. */
export interface Joining {
  readonly machine: BootedMachine;
  readonly agent: AgentClient;
  readonly plane: ControlPlane;
}

/** Starts the image's kubelet with the API server, and waits until it is healthy. The check ends here where it is not. */
export const joinKubelet = async (
  { machine, agent, plane }: Joining,
  {
    slowness,
    ...changes
  }: Pick<KubeletChanges, "config" | "files" | "flags"> & { readonly slowness: number },
): Promise<ReconfiguredKubelet & { readonly shipped: ShippedKubelet }> => {
  await agent.makeDirectory("/run/bootwright");
  await agent.writeFile(kubeconfigPath, nodeKubeconfig(plane, apiPort), { mode: 0o600 });
  const shipped = await shippedKubelet(agent);
  const kubelet = await reconfiguredKubelet(agent, shipped, {
    ...changes,
    flags: {
      ...changes.flags,
      kubeconfig: kubeconfigPath,
      "hostname-override": nodeName,
      "node-ip": guestAddress,
    },
    // There is no cloud that would tell the node of itself.
    without: ["bootstrap-kubeconfig", "cloud-provider"],
    within: () => watchedDeadline(machine, 120_000 * Math.max(1, slowness)),
  });
  const { isHealthy, isStarved, lastSeen } = kubelet.health;
  if (!isHealthy)
    tooLate(
      { wasStarved: () => isStarved },
      `With an API server the kubelet is not healthy: ${lastSeen}`,
    );
  return { ...kubelet, shipped };
};

/** What the image's configuration lacks for an API server, and for this host's programs in the guest, to ask the kubelet. */
export const askable: ConfigFields = {
  enableServer: true,
  address: "0.0.0.0",
  port: kubeletPort,
  // Nobody but the API server of this host, and who is in the guest anyway, gets as far as this port.
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: "AlwaysAllow" },
  registerNode: true,
  registerWithTaints: [],
  // Nobody signs certificates here.
  rotateCertificates: false,
  serverTLSBootstrap: false,
};
