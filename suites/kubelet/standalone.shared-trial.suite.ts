import { type CheckTools, expect, fail, testTrial, unsupported } from "../../harness/index.ts";
import { reportedMs } from "./ending.ts";
import { isReady, type Pod, statusOf } from "./kubelet-server.ts";
import { canaryLimits, departsAfterSeconds, grace, podManifests } from "./pods.ts";
import { isRestarted } from "./probing.ts";
import type { Restart } from "./restart.ts";
import { noImage, type Standalone, standalone } from "./standalone.ts";
import { endUnhealthy } from "./standalone-health.ts";
import { idOf } from "./standalone-node.ts";
import { type StandaloneWait, unlessStarved } from "./standalone-waits.ts";
import { type Metrics, sumOf } from "./told.ts";

type Judge = (seen: Standalone, tools: CheckTools) => Promise<void> | void;

/** Registers a check of what these waits were for. */
const check = (name: string, title: string, waits: readonly StandaloneWait[], judge: Judge): void =>
  testTrial(standalone, `kubelet/standalone/${name}`, { title }, (seen, tools) =>
    "unhealthy" in seen
      ? endUnhealthy(name, seen)
      : unlessStarved(
          waits.filter((wait) => seen.starved.includes(wait)),
          () => judge(seen, tools),
        ),
  );

const allPods = ["canary", "probed", "ending", "departing"] as const;

const stateOf = (pod: Pod | undefined, container: string): string =>
  JSON.stringify(statusOf(pod, container)?.state ?? "unknown");

check(
  "canary",
  "A static pod runs and becomes ready",
  ["canary"],
  ({ started, canary }, { evidence }) => {
    const pod = started.get("canary");
    const { process, status } = canary.container;
    evidence("pod", `${pod?.status.phase}; ${stateOf(pod, "canary")}`);
    evidence("process", process === undefined ? "none" : `${process.name} in ${process.cgroup}`);
    expect(isReady(pod), "that it is ready").toBe(true);
    expect(status?.restartCount, "its restarts").toBe(0);
    expect(process?.name, "its first process").toBe("workload");
  },
);

check(
  "pod-network",
  "A pod answers at an address of its own",
  ["canary"],
  ({ canary }, { evidence }) => {
    evidence("answer", `${canary.podIP}: ${canary.greeting}`);
    expect(canary.greeting).toBe(`200 ${canary.hostname}`);
  },
);

check(
  "limits",
  "The limits of a container are those of its cgroup, below the kubelet's",
  ["canary"],
  ({ canary: { container, memoryMax, cpuMax } }, { evidence }) => {
    evidence("cgroup", `${container.process?.cgroup}: memory ${memoryMax}, cpu ${cpuMax}`);
    expect(container.process?.cgroup ?? "none", "its cgroup").toMatch(/^\/kubepods/);
    expect({ memoryMax, cpuMax }).toEqual({
      memoryMax: canaryLimits.memoryMax,
      cpuMax: canaryLimits.cpuMax,
    });
  },
);

check(
  "pods",
  "It lists all pods that it was given at /pods",
  allPods,
  ({ started }, { evidence }) => {
    for (const [name, { status }] of started) evidence("pod", `${name}: ${status.phase}`);
    expect([...started.keys()].sort()).toEqual(Object.keys(podManifests).sort());
  },
);

const metricNames = [
  "kubelet_started_pods_total",
  "kubelet_running_pods",
  "kubelet_running_containers",
  "kubelet_pleg_relist_duration_seconds_count",
  "kubelet_runtime_operations_total",
  "process_start_time_seconds",
] as const;

check("metrics", "Its /metrics count what it did", allPods, ({ metrics: told, started }, tools) => {
  if ("reason" in told) return fail(`It serves no metrics: ${told.reason}`);
  const { metrics } = told;
  for (const name of metricNames) tools.evidence("metric", `${name} ${sumOf(metrics, name)}`);
  meanOf(metrics, "kubelet_pod_start_duration_seconds", tools);
  meanOf(metrics, "kubelet_run_podsandbox_duration_seconds", tools);
  const running = [...started.values()].filter(({ status }) => status.phase === "Running");
  expect(sumOf(metrics, "kubelet_running_pods") ?? 0, "running pods").toBeGreaterThanOrEqual(
    running.length,
  );
  expect(sumOf(metrics, "kubelet_started_pods_total") ?? 0, "started pods").toBeGreaterThanOrEqual(
    started.size,
  );
  expect(
    sumOf(metrics, "kubelet_runtime_operations_total", { operation_type: "create_container" }) ?? 0,
    "containers that it had created",
  ).toBeGreaterThanOrEqual(running.length);
  expect(sumOf(metrics, "kubelet_cgroup_version"), "the version of cgroups").toBe(2);
});

const meanOf = (metrics: Metrics, name: string, { figure }: CheckTools): void => {
  const sum = sumOf(metrics, `${name}_sum`);
  const count = sumOf(metrics, `${name}_count`);
  if (sum !== undefined && count !== undefined && count > 0)
    figure(name.replace(/^kubelet_|_seconds$/g, ""), (sum / count) * 1000, "ms");
};

check(
  "logs",
  "What a container prints is on the disk in CRI's format, and the kubelet serves it",
  ["canary"],
  ({ canary: { logPath, logFile, servedLog } }, { evidence }) => {
    evidence("file", `${logPath}: ${logFile?.slice(0, 300)}`);
    evidence("served", servedLog);
    // design-proposals-archive/node/kubelet-cri-logging.md: time, stream, tags, content.
    expect(logFile ?? "").toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d) stdout F serving on /);
    expect(servedLog).toMatch(/^200 serving on /);
  },
);

check(
  "run",
  "It runs a program in a container",
  ["canary"],
  ({ canary: { ran } }, { evidence }) => {
    evidence("answer", ran);
    expect(ran).toMatch(/^200 "?inside/);
  },
);

check(
  "init-containers",
  "Init containers run one after the other, before the others",
  ["probed"],
  ({ started, initLog }, { evidence }) => {
    const pod = started.get("probed");
    for (const name of ["first", "second", "live"]) evidence(name, stateOf(pod, name));
    evidence("log", `second: ${initLog}`);
    expect(statusOf(pod, "first")?.state.terminated?.exitCode, "exit code of first").toBe(0);
    expect(statusOf(pod, "second")?.state.terminated?.exitCode, "exit code of second").toBe(0);
    expect(initLog ?? "", "what second saw of first").toContain("made by first");
    expect(isReady(pod), "that the pod is ready").toBe(true);
  },
);

check(
  "bad-image",
  "A container without an image waits with the reason, and its neighbour runs",
  ["departing"],
  ({ started }, { evidence }) => {
    const pod = started.get("departing");
    evidence("state", `never: ${stateOf(pod, "never")}; main: ${stateOf(pod, "main")}`);
    expect(statusOf(pod, "never")?.state.waiting?.reason).toBe(noImage);
    expect(statusOf(pod, "main")?.state.running, "the state of its neighbour").toBeDefined();
  },
);

check(
  "liveness",
  "A container whose liveness probe (HTTP) fails is started anew, and no other",
  ["probed", "ill"],
  ({ probed: { before, ill } }, { evidence }) => {
    const [old, now] = [before, ill].map((pods) => statusOf(pods.get("probed"), "live"));
    evidence("container", `${idOf(old)}, then ${idOf(now)}: ${JSON.stringify(now?.lastState)}`);
    expect(isRestarted(ill), "that it was restarted and runs").toBe(true);
    expect(idOf(now), "its container").not.toBe(idOf(old));
    expect(statusOf(ill.get("canary"), "canary")?.restartCount, "the canary's restarts").toBe(0);
  },
);

check(
  "readiness",
  "A container whose readiness probe (a program) fails is not ready until it succeeds, and runs on",
  ["probed", "ill", "well"],
  ({ probed: { before, ill, well } }, { evidence }) => {
    const seen = [before, ill, well].map((pods) => statusOf(pods.get("probed"), "ready"));
    evidence("ready", seen.map((one) => `${one?.ready}, ${one?.restartCount} restarts`).join("; "));
    expect(seen.map((one) => one?.ready)).toEqual([true, false, true]);
    expect(seen.map((one) => one?.restartCount)).toEqual([0, 0, 0]);
  },
);

check(
  "termination",
  "A pod whose manifest goes is told to end, and given the time that it takes",
  ["ending", "ended"],
  ({ ended }, { evidence, figure }) => {
    evidence("report", ended.graceful.trim());
    const told = reportedMs(ended.graceful, "told to end");
    if (told === undefined) return fail("It was never told to end");
    figure("told-after", told - ended.removedMs, "ms");
    expect(reportedMs(ended.graceful, "terminated"), "when it ended by itself").toBeDefined();
  },
);

check(
  "grace-period",
  "A container that does not end is killed when its time is over, and the pod is gone then",
  ["ending", "ended"],
  ({ ended: { stubborn, removedMs, goneMs, left } }, { evidence }) => {
    evidence("report", `${stubborn.trim()}; gone after ${Math.round(goneMs - removedMs)} ms`);
    const told = reportedMs(stubborn, "told to end");
    expect(told, "when it was told to end").toBeDefined();
    expect(reportedMs(stubborn, "terminated"), "when it ended by itself").toBeUndefined();
    expect(left, "what is left of it").toEqual([]);
    expect(goneMs - (told ?? 0)).toBeGreaterThanOrEqual(grace.grantedSeconds * 1000 - 50);
  },
);

check(
  "nothing-left",
  "Of a pod that has ended nothing is left",
  ["ending", "ended", "cleared-up"],
  ({ ended, left }, { evidence }) => {
    evidence("left", left.join("; ") || "nothing");
    expect(ended.uid, "the pod's id").not.toBe("");
    expect(left).toEqual([]);
  },
);

const judgeRestart = (
  { before, after, mainPids, health }: Restart,
  { evidence }: CheckTools,
): void => {
  const tell = ({ status, process }: Restart["before"]): string =>
    `${idOf(status)}, process ${process?.pid} started at ${process?.startedMs} ms`;
  evidence("container", `before: ${tell(before)}; after: ${tell(after)}`);
  evidence("unit", `main process ${mainPids.join(", then ")}; ${health.lastSeen}`);
  expect(health.isHealthy, `${health.lastSeen}: that the kubelet is healthy`).toBe(true);
  expect(mainPids[0], "the unit's main process").not.toBe(mainPids[1]);
  expect(before.process, "its process before").toBeDefined();
  expect(after.process).toEqual(before.process);
  expect([idOf(after.status), after.status?.restartCount]).toEqual([idOf(before.status), 0]);
};

check(
  "restart",
  "A restart of the kubelet restarts no pod",
  ["canary", "restart"],
  ({ kubeletRestart }, tools) => judgeRestart(kubeletRestart, tools),
);

check(
  "runtime-restart",
  "A restart of the container runtime restarts no pod that runs steadily",
  ["canary", "restart", "runtime-restart"],
  ({ runtimeRestart, replaced }, tools) => {
    tools.evidence("replaced", replaced.join(", ") || "nothing");
    judgeRestart(runtimeRestart, tools);
    expect(replaced, "what others took the place of").not.toContain("canary/canary");
  },
);

check(
  "disk-pressure",
  "When less of the disk is free than its threshold says, it begins to reclaim",
  ["reclaimed"],
  ({ pressure: { health, reclaimed, lines, hasJournal } }, { evidence }) => {
    if (!hasJournal) unsupported("This image has no journalctl to show what the kubelet does");
    for (const line of lines) evidence("journal", line);
    expect(health.isHealthy, `${health.lastSeen}: that it is healthy`).toBe(true);
    expect(reclaimed ?? "", "the line that says so").toMatch(/ephemeral-storage|nodefs/);
  },
);

check(
  "node-shutdown",
  "When the machine is powered off, its pods are told to end and given their time before it goes",
  ["departing", "departing-again", "departed"],
  ({ departure: { pod, report, journal } }, { evidence }) => {
    evidence("report", report.trim());
    for (const line of journal) evidence("journal", line);
    evidence("pod", `${pod?.status.reason}: ${pod?.status.message}; ${stateOf(pod, "main")}`);
    const told = reportedMs(report, "told to end");
    const ended = reportedMs(report, "terminated");
    expect(told, "when it was told to end").toBeDefined();
    expect(ended, "when it ended").toBeDefined();
    expect((ended ?? 0) - (told ?? 0)).toBeGreaterThanOrEqual(departsAfterSeconds * 1000 - 50);
    expect(pod?.status.reason).toBe("Terminated");
  },
);
