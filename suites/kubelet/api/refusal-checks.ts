import type { V1Pod } from "@kubernetes/client-node";
import { expect, unsupported } from "../../../harness/index.ts";
import { expectedKubelet } from "../shipped-kubelet.ts";
import { apiCheck } from "./api-check.ts";
import { type Cluster, container, isReady, statusOf, whyOver } from "./cluster.ts";

apiCheck(
  "kubelet/api/image-never",
  { title: "A container whose image may not be fetched and is not there is not started" },
  async ({ cluster }) => {
    const name = "no-image";
    const image = "registry.invalid/bootwright/none:1";
    await cluster.create(name, { containers: [container(["wait"], { image })] });
    const pod = await cluster.pods.until(
      name,
      "say that its image is not there",
      (one) => statusOf(one)?.state?.waiting?.reason === "ErrImageNeverPull",
      { deadline: cluster.within(120), cannot: whyOver },
    );
    expect(statusOf(pod)).toMatchObject({ restartCount: 0, ready: false });
    await cluster.delete(name, 0);
  },
);

apiCheck(
  "kubelet/api/run-as-non-root",
  { title: "A container that must not be root and would be is not started" },
  async ({ cluster, evidence }) => {
    const name = "no-root";
    await cluster.create(name, {
      securityContext: { runAsNonRoot: true },
      containers: [container(["wait"])],
    });
    const pod = await cluster.pods.until(
      name,
      "say that it would be root",
      (one) => statusOf(one)?.state?.waiting?.reason === "CreateContainerConfigError",
      { deadline: cluster.within(120), cannot: (one) => (isReady(one) ? "it runs" : whyOver(one)) },
    );
    evidence("container", JSON.stringify(statusOf(pod)?.state));
    expect(statusOf(pod)?.state?.waiting?.message).toMatch(/runAsNonRoot/);
    await cluster.delete(name, 0);
  },
);

const mirror = "kubernetes.io/config.mirror";

/** The mirror of the node's own pod with such a container, once it is ready. @param other an id that it must not have. */
const mirrorOf = async (cluster: Cluster, wanted: string, other?: string): Promise<V1Pod> =>
  await cluster.lookUntil(`A mirror of the pod of ${wanted}`, cluster.within(120), async (see) => {
    const { items } = await cluster.client.core.listPodForAllNamespaces();
    const mirrors = items.filter(({ metadata }) => metadata?.annotations?.[mirror] !== undefined);
    see(mirrors.map(({ metadata }) => metadata?.name).join(" ") || "no mirrors");
    return mirrors.find(
      (pod) => statusOf(pod, wanted)?.ready === true && pod.metadata?.uid !== other,
    );
  });

apiCheck(
  "kubelet/api/mirror-pod",
  {
    title:
      "A pod of the node's own has a mirror, which comes back and ends nothing when it is deleted",
  },
  async ({ cluster, evidence }) => {
    const [wanted] = expectedKubelet().containers;
    if (wanted === undefined)
      return unsupported("The profile names no containers of the node's own");
    const first = await mirrorOf(cluster, wanted);
    const { name = "", namespace = "", uid } = first.metadata ?? {};
    evidence("mirror", `${namespace}/${name}`);
    expect(first.spec?.nodeName).toBe(cluster.node);
    await cluster.client.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
    const again = await mirrorOf(cluster, wanted, uid);
    expect(statusOf(again, wanted)?.containerID).toBe(statusOf(first, wanted)?.containerID);
  },
);
