// One pod has the containers that end again and again, each in its own way.
import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "../../../harness/index.ts";
import { apiCheck } from "./api-check.ts";
import { type Cluster, container, statusOf, whyOver } from "./cluster.ts";
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
  return await cluster.pods.until(name, what, isSo, {
    deadline: cluster.within(150),
    cannot: whyOver,
  });
};

const restarts = (pod: V1Pod, of: string): number => statusOf(pod, of)?.restartCount ?? 0;

apiCheck(
  "kubelet/api/out-of-memory",
  {
    title: "A container that takes more memory than its limit is killed for that, and started anew",
  },
  async ({ cluster, evidence }) => {
    const pod = await when(
      cluster,
      "be started anew and have ended by OOMKilled",
      (one) => restarts(one, "hungry") > 0 && endsOf(one).includes("OOMKilled"),
    );
    const status = statusOf(pod, "hungry");
    evidence("container", JSON.stringify(status));
    const codes = [status?.state, status?.lastState].flatMap((one) => one?.terminated ?? []);
    expect(codes.map(({ exitCode }) => exitCode)).toEqual(codes.map(() => 137));
  },
);

// With the systemd driver containerd sometimes hears of the end before it hears why, and says "Error": its own CI skips
// critest's spec of this for that (script/critest.sh). One end of several is enough, since none may end so by itself.
const endsOf = (pod: V1Pod): readonly (string | undefined)[] => {
  const { state, lastState } = statusOf(pod, "hungry") ?? {};
  return [state?.terminated?.reason, lastState?.terminated?.reason];
};

apiCheck(
  "kubelet/api/back-off",
  { title: "A container that ends again and again is started anew later and later" },
  async ({ cluster, evidence }) => {
    const pod = await when(
      cluster,
      "wait for its next start, after one restart at least",
      (one) =>
        statusOf(one, "failing")?.state?.waiting?.reason === "CrashLoopBackOff" &&
        // Not there for a moment where the kubelet has just cleared up.
        statusOf(one, "failing")?.lastState?.terminated !== undefined &&
        restarts(one, "failing") > 0,
    );
    const status = statusOf(pod, "failing");
    evidence("container", JSON.stringify(status));
    expect(status?.lastState?.terminated?.exitCode).toBe(3);
    expect(status?.state?.waiting?.message).toMatch(/back-off \d+s restarting/);
  },
);

/** In the place of a log (Kubernetes, pkg/kubelet/kuberuntime/kuberuntime_container.go). */
const isCleared = (answer: string): boolean =>
  answer.startsWith("unable to retrieve container logs for ");

apiCheck(
  "kubelet/api/previous-logs",
  { title: "What a container printed before it was started anew can still be read" },
  async ({ cluster, evidence }) => {
    await when(cluster, "be started anew", (one) => restarts(one, "talking") > 0);
    // It is started again and again: the container that the kubelet names as the one before may be cleared up when its log is asked for.
    const text = await cluster.lookUntil(
      "The log of a container before",
      cluster.within(60),
      async (see) => {
        const answer = await cluster.logs(name, { container: "talking", previous: true });
        see(answer);
        return isCleared(answer) ? undefined : answer;
      },
    );
    evidence("log", text);
    expect(text).toBe("a word\n");
  },
);
