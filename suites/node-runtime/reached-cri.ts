import { z } from "zod";
import { type AgentClient, askRuntime, type BootedMachine, profile } from "../../harness/index.ts";
import { defaultSocket } from "./ask.ts";

const withinMs = 60_000;

/**
 * Adds the phase `cri-ready` to the timeline of a machine that has just booted, once the CRI of its containerd answers. Whether
 * it does is for others to judge.
 */
export const reachedCri = async (
  machine: Pick<BootedMachine, "reached" | "nowMs">,
  agent: AgentClient,
  slowness: number,
): Promise<void> => {
  const answer = await askRuntime(agent, ["cri"], z.unknown(), {
    socket: profile().containerd?.socket ?? defaultSocket,
    namespace: "k8s.io",
    withinMs: Math.ceil(withinMs * Math.max(1, slowness)),
  });
  if (answer.kind !== "answered") return;
  const witness = "runtime-probe: Version of the CRI";
  machine.reached([{ name: "cri-ready", endMs: machine.nowMs(), witness }]);
};
