import type { Pods } from "./kubelet-server.ts";
import { statusOf } from "./kubelet-server.ts";
import { pathIn, runningContainers, type StandaloneNode } from "./standalone-node.ts";

/** What became of two containers that were made ill at once. */
export interface Probed {
  /** Before, while they were ill, and after the second was well again. */
  readonly before: Pods;
  readonly ill: Pods;
  readonly well: Pods;
}

const containers = ["probed/live", "probed/ready"] as const;
const waitSeconds = 60;

/** Makes them ill by a file in each, waits for what the kubelet does, and takes the second one's file away. */
export const makeIll = async (node: StandaloneNode, before: Pods): Promise<Probed> => {
  const { agent, waits } = node;
  const running = await runningContainers(agent, before, containers);
  for (const name of containers) {
    const path = pathIn(running[name], "/tmp/unhealthy");
    if (path !== undefined) await agent.writeFile(path, "");
  }
  const ill = await waits.pods(
    "ill",
    (pods) => isRestarted(pods) && !isReadyIn(pods),
    waits.within(waitSeconds),
  );
  const mark = pathIn(running["probed/ready"], "/tmp/unhealthy");
  if (mark !== undefined) await agent.remove(mark);
  return { before, ill, well: await waits.pods("well", isReadyIn, waits.within(waitSeconds)) };
};

export const isRestarted = (pods: Pods): boolean => {
  const status = statusOf(pods.get("probed"), "live");
  return (status?.restartCount ?? 0) > 0 && status?.state.running !== undefined;
};

const isReadyIn = (pods: Pods): boolean => statusOf(pods.get("probed"), "ready")?.ready === true;
