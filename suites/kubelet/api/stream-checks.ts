import { expect, fail } from "../../../harness/index.ts";
import { saidBy } from "../kubelet-health.ts";
import { apiCheck } from "./api-check.ts";
import { container, namespace } from "./cluster.ts";
import { once } from "./once.ts";
import { getThroughForward, isRefused } from "./pod-streams.ts";

const serving = "serving";

/** A pod with a network of its own that serves and does nothing else. */
const servingPod = once(
  async (cluster) =>
    await cluster.ready(serving, {
      hostNetwork: false,
      containers: [
        container(["serve", ":8080"], {
          resources: { requests: { cpu: "100m" }, limits: { cpu: "250m", memory: "64Mi" } },
        }),
      ],
    }),
);

apiCheck(
  "kubelet/api/exec",
  { title: "A program run through the API server has its output and its exit code told apart" },
  async ({ cluster, evidence }) => {
    await servingPod(cluster);
    const printed = await cluster.exec(serving, ["print", "a", "b"]);
    const failed = await cluster.exec(serving, ["exit", "37"]);
    const complaining = await cluster.exec(serving, ["write", "/a/path/alone"]);
    evidence("exec", JSON.stringify({ printed, failed, complaining }));
    expect(printed).toEqual({ code: 0, stdout: "a b\n", stderr: "" });
    expect(failed).toMatchObject({ code: 37 });
    expect(complaining).toMatchObject({ code: 1, stdout: "" });
    expect(complaining.stderr).toMatch(/expected a path and a text/);
  },
);

apiCheck(
  "kubelet/api/port-forward",
  { title: "A port of a pod is reached through the API server" },
  async ({ cluster, evidence }) => {
    await servingPod(cluster);
    const place = { namespace, pod: serving, container: "main" };
    const what = { port: 8080, path: "/" };
    const deadline = cluster.within(60);
    // The container may run before its program listens.
    const answer = await cluster.lookUntil("An answer of the pod", deadline, async (see) => {
      const text = await getThroughForward(cluster.client, place, what, deadline);
      see(text);
      return isRefused(text) ? undefined : text;
    });
    evidence("answer", answer);
    expect(answer).toMatch(/^HTTP\/1\.0 200 OK\r\n.*\r\n\r\nserving\n$/s);
  },
);

apiCheck(
  "kubelet/api/pod-network",
  { title: "A pod has an address of its own, at which the node reaches it" },
  async ({ cluster, evidence }) => {
    const { status } = await servingPod(cluster);
    const address = status?.podIP ?? fail("The pod has no address");
    evidence("address", address);
    expect(address).not.toBe(status?.hostIP);
    const url = `http://${address}:8080/`;
    // The container may run before its program listens.
    const answer = await cluster.lookUntil(
      "An answer of the pod",
      cluster.within(60),
      async (see) => {
        const seen = await cluster.agent.http(url);
        see(saidBy(seen));
        return seen.kind === "answered" ? seen : undefined;
      },
    );
    expect(answer).toMatchObject({ status: 200 });
    expect(String(answer.body)).toBe(`${serving}\n`);
  },
);

apiCheck(
  "kubelet/api/resources",
  { title: "Requests and limits of a container are in its cgroup" },
  async ({ cluster, evidence }) => {
    await servingPod(cluster);
    const names = ["memory.max", "cpu.max", "cpu.weight"];
    const seen = await cluster.cat(serving, ...names.map((name) => `/sys/fs/cgroup/${name}`));
    evidence("cgroup", JSON.stringify(seen));
    expect(seen["/sys/fs/cgroup/memory.max"]?.trim()).toBe(String(64 * 2 ** 20));
    expect(seen["/sys/fs/cgroup/cpu.max"]?.trim()).toBe("25000 100000");
    // 102 shares are a tenth of a processor; how they become a weight differs between releases of runc.
    const weight = Number(seen["/sys/fs/cgroup/cpu.weight"]);
    expect(weight).toBeGreaterThan(1);
    expect(weight).toBeLessThan(100);
  },
);
