// One pod has the containers that end again and again, each in its own way.
import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "../../../harness/index.ts";
import { apiCheck } from "./api-check.ts";
import { type Cluster, container, statusOf } from "./cluster.ts";
import { once } from "./once.ts";

const name = "restarting";

const made = once(
  async (cluster) =>
    await cluster.create(name, {
      containers: [
        container(["eat", "128"], { name: "hungry", resources: { limits: { memory: "32Mi" } } }),
        container(["exit", "3"], { name: "failing" }),
        container(["print", "a word"], { name: "talking" }),
      ],
    }),
);

const when = async (
  cluster: Cluster,
  what: string,
  isSo: (pod: V1Pod) => boolean,
): Promise<V1Pod> => {
  await made(cluster);
  return await cluster.pods.until(name, what, isSo, { deadline: cluster.within(150) });
};

const restarts = (pod: V1Pod, of: string): number => statusOf(pod, of)?.restartCount ?? 0;

apiCheck(
  "kubelet/api/out-of-memory",
  {
    title: "A container that takes more memory than its limit is killed for that, and started anew",
  },
  async ({ cluster, evidence }) => {
    const pod = await when(cluster, "be started anew", (one) => restarts(one, "hungry") > 0);
    const status = statusOf(pod, "hungry");
    evidence("container", JSON.stringify(status));
    const { exitCode, reason } = status?.lastState?.terminated ?? {};
    expect({ exitCode, reason }).toEqual({ exitCode: 137, reason: "OOMKilled" });
  },
);

apiCheck(
  "kubelet/api/back-off",
  { title: "A container that ends again and again is started anew later and later" },
  async ({ cluster, evidence }) => {
    const pod = await when(
      cluster,
      "wait for its next start, after one restart at least",
      (one) =>
        statusOf(one, "failing")?.state?.waiting?.reason === "CrashLoopBackOff" &&
        restarts(one, "failing") > 0,
    );
    const status = statusOf(pod, "failing");
    evidence("container", JSON.stringify(status));
    expect(status?.lastState?.terminated?.exitCode).toBe(3);
    expect(status?.state?.waiting?.message).toMatch(/back-off \d+s restarting/);
  },
);

apiCheck(
  "kubelet/api/previous-logs",
  { title: "What a container printed before it was started anew can still be read" },
  async ({ cluster, evidence }) => {
    await when(cluster, "be started anew", (one) => restarts(one, "talking") > 0);
    const text = await cluster.logs(name, { container: "talking", previous: true });
    evidence("log", text);
    expect(text).toBe("a word\n");
  },
);
