import { z } from "zod";
import { expect } from "../../../harness/index.ts";
import { apiCheck } from "./api-check.ts";
import { type Cluster, container, namespace, statusOf } from "./cluster.ts";
import { throughKubelet } from "./cluster-client.ts";
import { once } from "./once.ts";
import { FollowedLog, parsed } from "./pod-streams.ts";

apiCheck(
  "kubelet/api/lifecycle-hooks",
  {
    title:
      "postStart is done before a container is ready; preStop is done before it is told to end",
  },
  async ({ cluster, evidence }) => {
    const name = "hooks";
    // It outlives the pod, and is in memory.
    const path = "/run/bootwright/hooks";
    const hook = (file: string) => ({
      exec: { command: ["/workload", "write", `/hooks/${file}`, file] },
    });
    await cluster.ready(name, {
      containers: [
        container(["wait", "-report", "/hooks/report"], {
          lifecycle: { postStart: hook("post-start"), preStop: hook("pre-stop") },
          volumeMounts: [{ name: "hooks", mountPath: "/hooks" }],
        }),
      ],
      volumes: [{ name: "hooks", hostPath: { path, type: "DirectoryOrCreate" } }],
    });
    const { agent } = cluster;
    expect(String(await agent.readFile(`${path}/post-start`))).toBe("post-start");
    expect(await agent.exists(`${path}/pre-stop`)).toBe(false);
    await cluster.delete(name, 30);
    await cluster.pods.untilGone(name, cluster.within(90));
    const report = String(await agent.readFile(`${path}/report`));
    evidence("report", report);
    expect(report).toMatch(/told to end/);
    const preStop = await agent.stat(`${path}/pre-stop`);
    const ended = await agent.stat(`${path}/report`);
    expect(preStop.mtimeMs).toBeLessThanOrEqual(ended.mtimeMs);
  },
);

/** Deletes a pod and resolves to how its container ended, and how long that took. */
const deleted = async (cluster: Cluster, name: string, graceSeconds: number) => {
  const startedMs = performance.now();
  await cluster.delete(name, graceSeconds);
  const pod = await cluster.pods.untilGone(name, cluster.within(120));
  const seconds = (performance.now() - startedMs) / 1000;
  return { terminated: statusOf(pod)?.state?.terminated, seconds };
};

const followedEnd = once(async (cluster: Cluster) => {
  const name = "graceful";
  await cluster.ready(name, { containers: [container(["wait", "-end-after", "4s"])] });
  await using log = new FollowedLog(cluster.client, { namespace, pod: name, container: "main" });
  const before = await log.until(/^started\n/, cluster.within(60));
  const ended = await deleted(cluster, name, 60);
  return { ...ended, before, after: log.text };
});

apiCheck(
  "kubelet/api/graceful-deletion",
  { title: "A pod that is deleted may end by itself, and only then the API server loses it" },
  async ({ cluster, evidence, figure }) => {
    const { terminated, seconds } = await followedEnd(cluster);
    evidence("container", JSON.stringify(terminated));
    figure("gone-after", seconds, "s");
    expect(terminated?.exitCode).toBe(0);
    expect(seconds).toBeGreaterThan(4);
  },
);

apiCheck(
  "kubelet/api/logs",
  { title: "What a container prints is read through the API server, while it comes" },
  async ({ cluster, evidence }) => {
    const { before, after } = await followedEnd(cluster);
    evidence("log", after);
    expect(before).toBe("started\n");
    expect(after).toBe("started\ntold to end\nterminated\n");
  },
);

apiCheck(
  "kubelet/api/grace-period",
  { title: "A pod that does not end by itself is killed when its grace period is over" },
  async ({ cluster, evidence, figure }) => {
    const name = "stubborn";
    await cluster.ready(name, { containers: [container(["wait", "-end-after", "1h"])] });
    const { terminated, seconds } = await deleted(cluster, name, 3);
    evidence("container", JSON.stringify(terminated));
    figure("gone-after", seconds, "s");
    expect(terminated?.exitCode).toBe(137);
    expect(seconds).toBeGreaterThan(3);
  },
);

apiCheck(
  "kubelet/api/restart-never",
  {
    title: "With restartPolicy Never a container runs once; its exit code decides the pod's phase",
  },
  async ({ cluster, evidence }) => {
    const spec = { restartPolicy: "Never" };
    const write = ["write", "/dev/termination-log", "the last word"];
    const [failed, succeeded] = await Promise.all([
      cluster.ended("never-ill", { ...spec, containers: [container(["exit", "3"])] }),
      cluster.ended("never-well", { ...spec, containers: [container(write)] }),
    ]);
    const seen = [failed, succeeded].map((pod) => ({
      phase: pod.status?.phase,
      restarts: statusOf(pod)?.restartCount,
      exitCode: statusOf(pod)?.state?.terminated?.exitCode,
      message: statusOf(pod)?.state?.terminated?.message,
    }));
    evidence("pods", JSON.stringify(seen));
    expect(seen).toEqual([
      { phase: "Failed", restarts: 0, exitCode: 3, message: undefined },
      { phase: "Succeeded", restarts: 0, exitCode: 0, message: "the last word" },
    ]);
  },
);

apiCheck(
  "kubelet/api/active-deadline",
  { title: "A pod that runs longer than it may is ended, and has failed" },
  async ({ cluster, evidence }) => {
    const { status } = await cluster.ended("too-long", {
      activeDeadlineSeconds: 5,
      containers: [container(["wait"])],
    });
    evidence("pod", JSON.stringify({ phase: status?.phase, reason: status?.reason }));
    expect({ phase: status?.phase, reason: status?.reason }).toEqual({
      phase: "Failed",
      reason: "DeadlineExceeded",
    });
  },
);

apiCheck(
  "kubelet/api/size-limit",
  { title: "A pod that writes more into an emptyDir than its limit is evicted" },
  async ({ cluster, evidence, figure }) => {
    const name = "greedy";
    const pod = await cluster.ready(name, {
      containers: [container(["wait"], { volumeMounts: [{ name: "data", mountPath: "/data" }] })],
      volumes: [{ name: "data", emptyDir: { sizeLimit: "1Mi" } }],
    });
    const startedMs = performance.now();
    const path = `${cluster.volumePath(pod, "empty-dir", "data")}/file`;
    await cluster.agent.writeFile(path, Buffer.alloc(4 * 2 ** 20, "x"));
    const { status } = await cluster.pods.until(
      name,
      "be evicted",
      (one) => one.status?.phase === "Failed",
      { deadline: cluster.within(150) },
    );
    evidence("pod", JSON.stringify({ reason: status?.reason, message: status?.message }));
    figure("evicted-after", (performance.now() - startedMs) / 1000, "s");
    expect(status?.reason).toBe("Evicted");
    expect(status?.message).toMatch(/EmptyDir volume "data" exceeds the limit/);
  },
);

apiCheck(
  "kubelet/api/drain",
  {
    title: "A node from which all pods are evicted runs none of them any more",
    when: "last",
  },
  async ({ cluster, evidence, figure }) => {
    const { core } = cluster.client;
    await core.patchNode({
      name: cluster.node,
      body: [{ op: "add", path: "/spec/unschedulable", value: true }],
    });
    const startedMs = performance.now();
    const names = cluster.pods.present().flatMap(({ metadata }) => metadata?.name ?? []);
    evidence("pods", names.join(" "));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      await core.createNamespacedPodEviction({
        ...{ namespace, name },
        body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } },
      });
    }
    const deadline = cluster.within(150);
    await Promise.all(names.map((name) => cluster.pods.untilGone(name, deadline)));
    await cluster.lookUntil("That the kubelet knows none of them", deadline, async (see) => {
      const known = await podsOfKubelet(cluster);
      see(known.join(" "));
      return known.length === 0 ? known : undefined;
    });
    figure("drained-after", (performance.now() - startedMs) / 1000, "s");
  },
);

const podList = z.object({
  items: z
    .array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) }))
    .nullable(), // a kubelet without a pod says so
});

/** The names of our pods by the kubelet's own word, at its port. */
const podsOfKubelet = async ({ client, node }: Cluster): Promise<readonly string[]> => {
  // Typed as a string, but the client has already parsed what comes as JSON.
  const said: unknown = await throughKubelet(
    client.core.connectGetNodeProxyWithPath({ name: node, path: "pods" }),
  );
  const { items } = parsed(typeof said === "string" ? said : JSON.stringify(said), podList);
  return (items ?? []).flatMap(({ metadata }) =>
    metadata.namespace === namespace ? [metadata.name] : [],
  );
};
