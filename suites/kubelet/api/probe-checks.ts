import type { V1ContainerStatus } from "@kubernetes/client-node";
import { expect } from "../../../harness/index.ts";
import { apiCheck } from "./api-check.ts";
import { type Cluster, container, isReady, statusOf, whyOver } from "./cluster.ts";
import { once } from "./once.ts";

const often = { periodSeconds: 1, timeoutSeconds: 20 };
const probed = "probed";
const healthz = (port: number) => ({ httpGet: { path: "/healthz", port }, ...often });

/** A pod whose containers are well: one with a readiness probe, one with a liveness probe. */
const probedPod = once(
  async (cluster) =>
    await cluster.ready(probed, {
      hostNetwork: false,
      terminationGracePeriodSeconds: 1,
      containers: [
        container(["serve", ":8080"], {
          name: "readiness",
          readinessProbe: { ...healthz(8080), failureThreshold: 2 },
        }),
        container(["serve", ":8081"], {
          name: "liveness",
          livenessProbe: { ...healthz(8081), failureThreshold: 2 },
          readinessProbe: healthz(8081),
        }),
      ],
    }),
);

/** Makes a container of the probed pod ill, and waits until it is seen to be so. */
const illness = async (
  cluster: Cluster,
  name: string,
  what: string,
  isSo: (status: V1ContainerStatus) => boolean,
): Promise<V1ContainerStatus | undefined> => {
  await probedPod(cluster);
  expect(await cluster.exec(probed, ["write", "/tmp/unhealthy", "yes"], name)).toMatchObject({
    code: 0,
  });
  const pod = await cluster.pods.until(
    probed,
    what,
    (one) => {
      const status = statusOf(one, name);
      return status !== undefined && isSo(status);
    },
    { deadline: cluster.within(120), cannot: whyOver },
  );
  return statusOf(pod, name);
};

apiCheck(
  "kubelet/api/readiness-probe",
  { title: "A container whose readiness probe fails is not ready, and is left alone" },
  async ({ cluster, evidence }) => {
    const ill = await illness(cluster, "readiness", "not be ready any more", ({ ready }) => !ready);
    evidence("container", JSON.stringify(ill));
    expect(ill).toMatchObject({ ready: false, restartCount: 0 });
    expect(ill?.state?.running).toBeDefined();
  },
);

apiCheck(
  "kubelet/api/liveness-probe",
  { title: "A container whose liveness probe fails is started anew, and is well then" },
  async ({ cluster, evidence }) => {
    const before = statusOf(await probedPod(cluster), "liveness");
    const well = await illness(
      cluster,
      "liveness",
      "be started anew and be ready",
      ({ ready, restartCount }) => ready && restartCount > 0,
    );
    evidence("container", JSON.stringify(well));
    expect(well?.restartCount).toBe(1);
    // Not `lastState`: a kubelet that has cleared up after the first one already says nothing of it any more.
    expect(well?.containerID ?? "").not.toBe("");
    expect(well?.containerID).not.toBe(before?.containerID);
  },
);

const gate = { name: "gate", mountPath: "/gate" };

apiCheck(
  "kubelet/api/startup-probe",
  {
    title:
      "Until its startup probe succeeds a container is neither ready nor judged by other probes",
  },
  async ({ cluster, evidence }) => {
    const name = "startup";
    // Not each second: a program in a container is more work than a request.
    const sometimes = { periodSeconds: 4, timeoutSeconds: 20 };
    const isOpen = { exec: { command: ["/workload", "absent", "/gate/closed"] } };
    await cluster.create(name, {
      initContainers: [
        container(["write", "/gate/closed", "yes"], { name: "close", volumeMounts: [gate] }),
      ],
      containers: [
        container(["wait"], {
          volumeMounts: [gate],
          startupProbe: { ...isOpen, ...sometimes, failureThreshold: 600 },
          livenessProbe: { ...isOpen, ...sometimes, failureThreshold: 1 },
        }),
      ],
      volumes: [{ name: "gate", emptyDir: {} }],
    });
    const running = await cluster.pods.until(
      name,
      "run",
      (pod) => statusOf(pod)?.state?.running !== undefined,
      { deadline: cluster.within(150), cannot: whyOver },
    );
    // Time enough for a liveness probe that did not wait.
    await cluster.exec(name, ["status"]);
    await cluster.exec(name, ["status"]);
    const [before] = cluster.pods.present().filter(({ metadata }) => metadata?.name === name);
    evidence("before", JSON.stringify(before === undefined ? undefined : statusOf(before)));
    expect(before === undefined ? undefined : statusOf(before)).toMatchObject({
      ready: false,
      started: false,
      restartCount: 0,
    });
    await cluster.agent.remove(`${cluster.volumePath(running, "empty-dir", "gate")}/closed`);
    const ready = await cluster.pods.until(name, "become ready", isReady, {
      deadline: cluster.within(60),
      cannot: whyOver,
    });
    expect(statusOf(ready)).toMatchObject({ started: true, restartCount: 0 });
  },
);
