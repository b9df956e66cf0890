import type { Deadline } from "../../harness/index.ts";
import { type Health, healthAfterRestart } from "./kubelet-health.ts";
import { isReady, type KubeletServer, type Pods, statusOf } from "./kubelet-server.ts";
import { expectedKubelet } from "./shipped-kubelet.ts";
import {
  idOf,
  type RunningContainer,
  runningContainers,
  type StandaloneNode,
} from "./standalone-node.ts";
import { metricsOf, sumOf } from "./told.ts";

/** The canary's container before and after a restart of what runs it. */
export interface Restart {
  readonly before: RunningContainer;
  readonly after: RunningContainer;
  /** Main process of the unit that was restarted, before and after. */
  readonly mainPids: readonly [number, number];
  readonly health: Health;
}

const readySeconds = 60;
const canary = "canary/canary";

/** Does `restart`, and looks at the canary when the kubelet says again that it is ready. */
export const aroundRestart = async (
  node: StandaloneNode,
  unit: string,
  name: "restart" | "runtime-restart",
  restart: () => Promise<Health>,
): Promise<Restart> => {
  const { agent, server, waits } = node;
  const pods = await waits.pods(name, (seen) => seen.size > 0, waits.within(readySeconds));
  const before = (await runningContainers(agent, pods, [canary]))[canary];
  const pidBefore = (await agent.service(unit)).mainPid;
  const health = await restart();
  waits.late(name, { wasStarved: () => health.isStarved });
  await hasLookedAgain(server, waits.within(readySeconds));
  // What was never ready need not become so; but which container it has a kubelet tells only some time after its start.
  const wasReady = isReady(pods.get("canary"));
  const isBack = (seen: Pods): boolean =>
    wasReady ? isReady(seen.get("canary")) : idOf(statusOf(seen.get("canary"), "canary")) !== "";
  const again = await waits.pods(name, isBack, waits.within(readySeconds));
  return {
    before,
    after: (await runningContainers(agent, again, [canary]))[canary],
    mainPids: [pidBefore, (await agent.service(unit)).mainPid],
    health,
  };
};

/** How often a kubelet looks at all containers before what it says of them is of now. */
const looks = 3;

/**
 * Waits until the kubelet has asked the runtime for all containers again: until then it tells what it knew before the restart.
 * One that serves no metrics is not waited for.
 */
const hasLookedAgain = async (server: KubeletServer, deadline: Deadline): Promise<void> => {
  const first = await looksOf(server);
  let now = first;
  while (first !== undefined && (now ?? 0) < first + looks && deadline.remainingMs() > 0) {
    now = await looksOf(server);
  }
};

const looksOf = async (server: KubeletServer): Promise<number | undefined> => {
  const told = await metricsOf(server);
  return "reason" in told
    ? undefined
    : sumOf(told.metrics, "kubelet_pleg_relist_duration_seconds_count");
};

/** Restarts the unit of the container runtime and waits for the kubelet's health. */
export const restartRuntime = async ({ agent, unit, waits }: StandaloneNode): Promise<Health> => {
  const { runtimeUnit } = expectedKubelet();
  return await healthAfterRestart(agent, runtimeUnit, unit, waits.within(120));
};
