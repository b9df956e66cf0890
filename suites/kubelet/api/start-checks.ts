import { expect } from "../../../harness/index.ts";
import { apiCheck } from "./api-check.ts";
import { container, statusOf } from "./cluster.ts";

const gate = { name: "gate", mountPath: "/gate" };
const emptyDir = [{ name: "gate", emptyDir: {} }];

apiCheck(
  "kubelet/api/init-containers",
  {
    title: "Init containers run one after another, before the container, which has what they left",
  },
  async ({ cluster, evidence }) => {
    const write = (name: string) =>
      container(["write", `/gate/${name}`, name], { name, volumeMounts: [gate] });
    const pod = await cluster.ready("init", {
      initContainers: [write("first"), write("second")],
      containers: [container(["wait"], { volumeMounts: [gate] })],
      volumes: emptyDir,
    });
    const ends = ["first", "second"].map((name) => statusOf(pod, name)?.state?.terminated);
    const started = statusOf(pod)?.state?.running?.startedAt;
    evidence("containers", JSON.stringify({ ends, started }));
    expect(ends.map((end) => end?.exitCode)).toEqual([0, 0]);
    // Not when they started: of a program that ends at once that is written down after its end.
    const times = [ends[0]?.finishedAt, ends[1]?.finishedAt, started].map((time) =>
      time === undefined ? Number.NaN : new Date(time).getTime(),
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(await cluster.cat("init", "/gate/first", "/gate/second")).toEqual({
      "/gate/first": "first",
      "/gate/second": "second",
    });
  },
);

apiCheck(
  "kubelet/api/init-fails",
  { title: "Where an init container fails, the container is not started and the pod has failed" },
  async ({ cluster, evidence }) => {
    const { status } = await cluster.ended("init-fails", {
      restartPolicy: "Never",
      initContainers: [container(["exit", "9"], { name: "first" })],
      containers: [container(["wait"])],
    });
    evidence("pod", JSON.stringify(status).slice(0, 2000));
    expect(status?.phase).toBe("Failed");
    expect(status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(9);
    expect(status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe("PodInitializing");
  },
);

apiCheck(
  "kubelet/api/sidecar",
  { title: "A sidecar runs before the container and beside it, and is ended after it" },
  async ({ cluster, evidence }) => {
    const pod = await cluster.ended("sidecar", {
      restartPolicy: "Never",
      initContainers: [container(["wait"], { name: "sidecar", restartPolicy: "Always" })],
      containers: [container(["print", "done"])],
    });
    const [sidecar, main] = [statusOf(pod, "sidecar"), statusOf(pod)].map(
      (one) => one?.state?.terminated,
    );
    evidence("containers", JSON.stringify({ sidecar, main }));
    expect(pod.status?.phase).toBe("Succeeded");
    expect([sidecar?.exitCode, main?.exitCode]).toEqual([0, 0]);
    const time = (at: Date | undefined): number => new Date(at ?? Number.NaN).getTime();
    expect(time(sidecar?.startedAt)).toBeLessThanOrEqual(time(main?.startedAt));
    expect(time(sidecar?.finishedAt)).toBeGreaterThanOrEqual(time(main?.finishedAt));
    expect(await cluster.logs("sidecar", { container: "sidecar" })).toMatch(
      /^started\n.*terminated\n$/s,
    );
  },
);
