import type { z } from "zod";
import { askRuntime, type BootedContext, fail, profile, unsupported } from "../../harness/index.ts";
import { tooLate, watchedDeadline } from "./watched-deadline.ts";

export const defaultSocket = "/run/containerd/containerd.sock";

/** The namespace that the CRI plugin uses. */
const namespace = "k8s.io";

export type Asked = Pick<BootedContext, "agent" | "machine" | "slowness">;

/**
 * What the guest's containerd answers; the check ends here where it does not.
 * @param withinMs on a host of common speed; a slower one is given more.
 */
export const ask = async <T>(
  { agent, machine, slowness }: Asked,
  question: readonly [string, ...string[]],
  schema: z.ZodType<T>,
  withinMs = 60_000,
): Promise<T> => {
  const socket = profile().containerd?.socket ?? defaultSocket;
  const givenMs = Math.ceil(withinMs * Math.max(1, slowness));
  const deadline = watchedDeadline(machine, givenMs);
  const answer = await askRuntime(agent, question, schema, {
    socket,
    namespace,
    withinMs: givenMs,
  });
  switch (answer.kind) {
    case "answered":
      return answer.value;
    case "no-probe":
      return unsupported("The agent came without runtime-probe");
    case "late":
      return tooLate(deadline, answer.reason);
    case "refused":
      return fail(answer.reason);
  }
};
