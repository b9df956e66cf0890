import { agentOf, defineTrial, inconclusive, type Trial } from "../../harness/index.ts";
import { importWorkload } from "../node-runtime/import-workload.ts";
import { type Canary, canaryIn, logOf } from "./canary.ts";
import { type Departure, powerOffAround } from "./departure.ts";
import { type EndedPod, removePod } from "./ending.ts";
import { waitForHealth } from "./kubelet-health.ts";
import { isReady, KubeletServer, type Pods, statusOf } from "./kubelet-server.ts";
import { leftBehind } from "./left-behind.ts";
import { podManifests } from "./pods.ts";
import { type Pressure, withPressure } from "./pressure.ts";
import { makeIll, type Probed } from "./probing.ts";
import { type ConfigChange, reconfiguredKubelet } from "./reconfigured-kubelet.ts";
import { aroundRestart, type Restart, restartRuntime } from "./restart.ts";
import { expectedKubelet, shippedKubelet } from "./shipped-kubelet.ts";
import { type Unhealthy, unhealthyIn } from "./standalone-health.ts";
import type { StandaloneNode } from "./standalone-node.ts";
import { type StandaloneWait, StandaloneWaits } from "./standalone-waits.ts";
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
  /** What was not over in time because the host kept the machine waiting: what it was for says nothing of the image. */
  readonly starved: readonly StandaloneWait[];
}

/** `kubelet/healthy` has waited before, and longer; here is only asked what came of it. */
const shippedSeconds = 30;
const settleSeconds = 150;

/** Why a container waits whose image is not there and must not be fetched. */
export const noImage = "ErrImageNeverPull";

export const standalone: Trial<Standalone | Unhealthy> = defineTrial(
  async ({ sharedMachine, powerOff, slowness }) => {
    const machine = await sharedMachine();
    const agent = agentOf(machine);
    const server = new KubeletServer(agent);
    const waits = new StandaloneWaits(machine, server, slowness);
    const shipped = await shippedKubelet(agent);
    const { unit, rootDirectory } = shipped;
    const { healthPort } = expectedKubelet();
    const asShipped = await waitForHealth(agent, unit, healthPort, waits.within(shippedSeconds));
    await importWorkload(agent);
    await using kubelet = await reconfiguredKubelet(agent, shipped, {
      config: standaloneConfig,
      without: ["kubeconfig", "bootstrap-kubeconfig"],
      files: manifestFiles(),
      within: () => waits.within(120),
    });
    if (!kubelet.health.isHealthy) return unhealthyIn(asShipped, kubelet.health);
    const node = { agent, server, waits, kubelet, unit, rootDirectory };
    const started = await startedPods(node);
    const canary = await canaryIn(agent, started);
    const metrics = await metricsOf(server);
    const initLog = await logOf(agent, started.get("probed"), "second");
    const [probed, ended] = await Promise.all([makeIll(node, started), removePod(node, started)]);
    const restarts = await restartAll(node);
    const last = await waits.pods("runtime-restart", ({ size }) => size > 0, waits.within(30));
    const replaced = replacedIn(probed.well, last);
    const left = await leftBehind(node, ended);
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
      starved: waits.starved,
    };
  },
);

const restartAll = async (
  node: StandaloneNode,
): Promise<Pick<Standalone, "kubeletRestart" | "pressure" | "runtimeRestart">> => {
  let kubeletRestart: Restart | undefined;
  const pressure = await withPressure(node, pressedConfig, async (restart) => {
    kubeletRestart = await aroundRestart(node, node.unit, "restart", restart);
  });
  await node.kubelet.write(standaloneConfig);
  const { runtimeUnit } = expectedKubelet();
  const runtimeRestart = await aroundRestart(node, runtimeUnit, "runtime-restart", () =>
    restartRuntime(node),
  );
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
  // Nobody signs certificates here: it makes its own.
  rotateCertificates: false,
  serverTLSBootstrap: false,
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

/** Whether each pod has come as far as it can. */
const isAsExpected = {
  canary: (pods: Pods) => isReady(pods.get("canary")),
  probed: (pods: Pods) => isReady(pods.get("probed")),
  ending: (pods: Pods) => isReady(pods.get("ending")),
  departing: (pods: Pods) =>
    statusOf(pods.get("departing"), "main")?.state.running !== undefined &&
    isRefused(statusOf(pods.get("departing"), "never")?.state.waiting?.reason),
};

/** All pods as soon as each is as expected, or when the time is over. On a host that lets none of them start all ends here. */
const startedPods = async ({ server, waits }: StandaloneNode): Promise<Pods> => {
  const deadline = waits.within(settleSeconds);
  const areAll = (pods: Pods): boolean => Object.values(isAsExpected).every((isSo) => isSo(pods));
  const pods = await server.podsWhen(areAll, deadline);
  for (const name of ["canary", "probed", "ending", "departing"] as const)
    if (!isAsExpected[name](pods)) waits.late(name, deadline);
  if (waits.starved.length === Object.keys(isAsExpected).length)
    inconclusive("The guest waited for a host CPU most of the time in which no pod started");
  return pods;
};

/** Not only not yet started. */
const isRefused = (reason: string | undefined): boolean =>
  reason !== undefined && !["ContainerCreating", "PodInitializing"].includes(reason);
