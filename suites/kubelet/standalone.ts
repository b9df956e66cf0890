import { agentOf, defineTrial, inconclusive, skip, type Trial } from "../../harness/index.ts";
import { importWorkload } from "../node-runtime/import-workload.ts";
import { wasStarved } from "../node-runtime/was-starved.ts";
import { type Canary, canaryIn, logOf } from "./canary.ts";
import { type Departure, powerOffAround } from "./departure.ts";
import { type EndedPod, removePod } from "./ending.ts";
import { isReady, KubeletServer, type Pods, soon, statusOf } from "./kubelet-server.ts";
import { leftBehind } from "./left-behind.ts";
import { podManifests } from "./pods.ts";
import { type Pressure, withPressure } from "./pressure.ts";
import { makeIll, type Probed } from "./probing.ts";
import { type ConfigChange, reconfiguredKubelet } from "./reconfigured-kubelet.ts";
import { aroundRestart, type Restart, restartRuntime } from "./restart.ts";
import { expectedKubelet, shippedKubelet } from "./shipped-kubelet.ts";
import type { StandaloneNode } from "./standalone-node.ts";
import { type Metrics, metricsOf } from "./told.ts";

/** The node's kubelet with pods of the suite, from their start until the machine is off. */
export interface Standalone {
  /** When all pods were as they should be, or the time for it was over. */
  readonly started: Pods;
  readonly canary: Canary;
  readonly metrics: { readonly metrics: Metrics } | { readonly reason: string };
  /** What the second init container of `probed` printed. */
  readonly initLog: string | undefined;
  readonly probed: Probed;
  readonly ended: EndedPod;
  readonly kubeletRestart: Restart;
  readonly pressure: Pressure;
  readonly runtimeRestart: Restart;
  /** Containers of pods that were to run on, which others have taken the place of since the restarts. */
  readonly replaced: readonly string[];
  /** Of the pod `ending`, when all else is done. */
  readonly left: readonly string[];
  readonly departure: Departure;
}

const settleSeconds = 150;

/** Why a container waits whose image is not there and must not be fetched. */
export const noImage = "ErrImageNeverPull";

export const standalone: Trial<Standalone> = defineTrial(
  async ({ sharedMachine, powerOff, slowness }) => {
    const machine = await sharedMachine();
    const agent = agentOf(machine);
    const loadBefore = machine.sampleLoad();
    const shipped = await shippedKubelet(agent);
    await importWorkload(agent);
    await using kubelet = await reconfiguredKubelet(agent, shipped, {
      config: standaloneConfig,
      without: ["kubeconfig", "bootstrap-kubeconfig"],
      files: manifestFiles(),
      withinMs: 120_000 * Math.max(1, slowness),
    });
    if (!kubelet.health.isHealthy)
      skip(`Configured for this trial the kubelet is not healthy: ${kubelet.health.lastSeen}`);
    const server = new KubeletServer(agent);
    const node = { agent, server, slowness, kubelet, unit: shipped.unit };
    const started = await server.podsWhen(areAsExpected, soon(settleSeconds, slowness));
    if (!areAsExpected(started) && wasStarved(machine, loadBefore))
      inconclusive(
        "The guest waited for a host CPU most of the time in which its pods did not start",
      );
    const canary = await canaryIn(agent, started);
    const metrics = await metricsOf(server);
    const initLog = await logOf(agent, started.get("probed"), "second");
    const [probed, ended] = await Promise.all([makeIll(node, started), removePod(node, started)]);
    const restarts = await restartAll(node);
    const last = await server.podsWhen(() => true, soon(30, slowness));
    const replaced = replacedIn(probed.well, last);
    const left = await leftBehind(agent, ended, soon(60, slowness));
    const departure = await powerOffAround(node, () => powerOff(machine, { by: "logind" }));
    return {
      started,
      canary,
      metrics,
      initLog,
      probed,
      ended,
      ...restarts,
      replaced,
      left,
      departure,
    };
  },
);

const restartAll = async (
  node: StandaloneNode,
): Promise<Pick<Standalone, "kubeletRestart" | "pressure" | "runtimeRestart">> => {
  let kubeletRestart: Restart | undefined;
  const pressure = await withPressure(node, pressedConfig, async (restart) => {
    kubeletRestart = await aroundRestart(node, node.unit, restart);
  });
  await node.kubelet.write(standaloneConfig);
  const { runtimeUnit } = expectedKubelet();
  const runtimeRestart = await aroundRestart(node, runtimeUnit, () => restartRuntime(node));
  return { kubeletRestart: kubeletRestart ?? runtimeRestart, pressure, runtimeRestart };
};

const replacedIn = (before: Pods, after: Pods): readonly string[] =>
  [...before].flatMap(([name, pod]) =>
    pod.status.containerStatuses
      .filter(({ name: container, containerID }) => {
        const now = statusOf(after.get(name), container);
        return now !== undefined && now.containerID !== containerID;
      })
      .map(({ name: container }) => `${name}/${container}`),
  );

const manifestFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(podManifests).map(([name, manifest]) => [
      `manifests/${name}.json`,
      JSON.stringify(manifest),
    ]),
  );

const standaloneConfig: ConfigChange = (directory) => ({
  enableServer: true,
  address: "127.0.0.1",
  port: 10_250,
  readOnlyPort: 10_255,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: "AlwaysAllow" },
  staticPodPath: `${directory}/manifests`,
  staticPodURL: "",
  fileCheckFrequency: "1s",
  shutdownGracePeriod: "20s",
  shutdownGracePeriodCriticalPods: "5s",
});

/** More is to be free than a file system that holds anything can have. */
const pressedConfig: ConfigChange = (directory) => ({
  ...standaloneConfig(directory),
  evictionHard: { "nodefs.available": "99.9%" },
});

const areAsExpected = (pods: Pods): boolean =>
  ["canary", "probed", "ending"].every((name) => isReady(pods.get(name))) &&
  statusOf(pods.get("departing"), "main")?.state.running !== undefined &&
  isRefused(statusOf(pods.get("departing"), "never")?.state.waiting?.reason);

/** Not only not yet started. */
const isRefused = (reason: string | undefined): boolean =>
  reason !== undefined && !["ContainerCreating", "PodInitializing"].includes(reason);
