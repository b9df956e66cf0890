// The kubelet as it is shipped: nothing is changed, so these come before the trial that gives it another configuration.
import { expect, test, unsupported } from "../../harness/index.ts";
import { guestProcesses } from "../host-containers/guest-processes.ts";
import { tooLate, watchedDeadline } from "../node-runtime/watched-deadline.ts";
import { expectRefusal, runByHand } from "./kubelet-by-hand.ts";
import { waitForHealth } from "./kubelet-health.ts";
import { complaints, complaintsIn } from "./kubelet-journal.ts";
import { containersWhenRunning } from "./runtime-containers.ts";
import { expectedKubelet, requireUnit } from "./shipped-kubelet.ts";

const timeoutMs = 900_000;
const healthMs = 180_000;

test("kubelet/healthy", {
  title: "The kubelet of the image is up and says ok at its /healthz",
  timeoutMs,
}, async ({ agent, machine, slowness, evidence, figure }) => {
  const { unit, healthPort } = expectedKubelet();
  const deadline = watchedDeadline(machine, healthMs * Math.max(1, slowness));
  await requireUnit(agent, unit);
  const { isHealthy, isStarved, lastSeen } = await waitForHealth(agent, unit, healthPort, deadline);
  evidence("health", lastSeen);
  if (!isHealthy) {
    for (const line of await complaints(agent, unit)) evidence("journal", line);
    tooLate({ wasStarved: () => isStarved }, `The kubelet is not healthy: ${lastSeen}`);
  }
  const { activeEnterUs } = await agent.unit(unit);
  const { execMainStartUs } = await agent.service(unit);
  // Of the guest's clock, which begins with the kernel.
  figure("kubelet-started", execMainStartUs / 1000, "ms");
  figure("kubelet-live", activeEnterUs / 1000, "ms");
});

test("kubelet/version", {
  title: "The kubelet calls itself the version that the profile promises",
  timeoutMs,
}, async (context) => {
  const end = await runByHand(context, ["--version"]);
  if (end.kind === "ran-on") return tooLate(end.deadline, "kubelet --version does not end");
  const { stdout } = end;
  context.evidence("version", stdout.trim());
  const version = /^Kubernetes (\S+)$/.exec(stdout.trim())?.[1];
  expect(version ?? "", "what it prints behind the word Kubernetes").toMatch(
    new RegExp(expectedKubelet().version),
  );
});

test("kubelet/static-pods", {
  title: "The kubelet runs the containers that the image ships, without an API server",
  timeoutMs,
}, async ({ agent, machine, slowness, evidence, figure }) => {
  const { containers: wanted } = expectedKubelet();
  if (wanted.length === 0) unsupported("The profile names no containers that the image ships");
  const { unit, healthPort } = expectedKubelet();
  const untilHealthy = watchedDeadline(machine, healthMs * Math.max(1, slowness));
  const health = await waitForHealth(agent, unit, healthPort, untilHealthy);
  // One that is not up starts nothing.
  const withinMs = health.isHealthy ? 90_000 * Math.max(1, slowness) : 5000;
  const deadline = watchedDeadline(machine, withinMs);
  const found = await containersWhenRunning(agent, wanted, deadline);
  const running = found.filter(({ isRunning, kind }) => isRunning && kind === "container");
  for (const { name, pod } of running) evidence("container", `${name} of ${pod}`);
  const absent = wanted.filter((name) => !running.some((one) => one.name === name));
  const isStarved = health.isStarved || (health.isHealthy && deadline.wasStarved());
  if (absent.length > 0)
    tooLate({ wasStarved: () => isStarved }, `These do not run: ${absent.join(", ")}`);
  const processes = await guestProcesses(agent);
  const starts = running.map(
    ({ id }) => processes.find(({ cgroup }) => cgroup.includes(id))?.startedMs ?? Number.NaN,
  );
  expect(starts, "when their processes were started").not.toContain(Number.NaN);
  // Of the guest's clock, which begins with the kernel.
  figure("node-ready", Math.max(...starts), "ms");
});

const badConfigs: readonly { readonly field: string; readonly config: unknown }[] = [
  { field: "cgroupDriver", config: { cgroupDriver: 7 } }, // not of its type
  { field: "healthzPort", config: { healthzPort: 70_000 } }, // not among its values
];

test("kubelet/bad-config", {
  title: "Given a configuration with a wrong value the kubelet ends, and names the field",
  timeoutMs,
}, async (context) => {
  const { agent, evidence } = context;
  const path = "/run/bootwright-bad-kubelet.yaml";
  // Should it start all the same, it must not meddle with the node's pods.
  const apart = [
    "--root-dir=/run/bootwright-bad-kubelet",
    "--container-runtime-endpoint=unix:///run/bootwright-bad-kubelet.sock",
  ];
  for (const { field, config } of badConfigs) {
    const kind = { apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration" };
    await agent.writeFile(path, JSON.stringify({ ...kind, ...Object(config) }));
    const end = await runByHand(context, [`--config=${path}`, ...apart]);
    for (const line of complaintsIn(end.stderr.split("\n"))) evidence("kubelet", line);
    expectRefusal(field, end);
  }
  await agent.remove(path);
});
