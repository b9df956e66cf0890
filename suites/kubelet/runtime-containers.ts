import { z } from "zod";
import { type AgentClient, askRuntime, fail, unsupported } from "../../harness/index.ts";
import { tooLate, type WatchedDeadline } from "../node-runtime/watched-deadline.ts";

/** A container by containerd's word, with what the CRI plugin noted of its pod. */
export interface RuntimeContainer {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly pod: string;
  readonly isRunning: boolean;
}

const answer: z.ZodType<{ containers: readonly RuntimeContainer[] }> = z.object({
  containers: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      name: z.string(),
      pod: z.string(),
      isRunning: z.boolean(),
    }),
  ),
});

const where = { socket: "/run/containerd/containerd.sock", namespace: "k8s.io" };

/** All containers, as soon as one of each of these names runs, or when the time is over. */
export const containersWhenRunning = async (
  agent: AgentClient,
  names: readonly string[],
  deadline: WatchedDeadline,
): Promise<readonly RuntimeContainer[]> => {
  const question = ["containers", ...names] as const;
  const withinMs = Math.ceil(deadline.remainingMs());
  const seen = await askRuntime(agent, question, answer, { ...where, withinMs });
  if (seen.kind === "late") return tooLate(deadline, seen.reason);
  if (seen.kind === "no-probe") return unsupported("The agent came without runtime-probe");
  return seen.kind === "answered" ? seen.value.containers : fail(seen.reason);
};
