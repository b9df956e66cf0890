import { dirname } from "node:path/posix";
import {
  type AgentClient,
  deadlineAfter,
  fail,
  printable,
  unsupported,
} from "../../harness/index.ts";
import { defaultSocket } from "./ask.ts";

/** The image that containers of suites run; it has no entry point but `/workload`. */
export const workloadImage = "registry.invalid/bootwright/workload:1";

const importMs = 180_000;

/** Gives the guest's containerd the image for containers of suites, which lies beside the agent. */
export const importWorkload = async (
  agent: AgentClient,
  socket: string = defaultSocket,
): Promise<void> => {
  const { linkTarget } = await agent.stat("/proc/self/exe");
  const directory = linkTarget === undefined ? "" : dirname(linkTarget);
  const program = `${directory}/import-images`;
  if (linkTarget === undefined || !(await agent.exists(program)))
    unsupported("The agent came without the container image for workloads");
  const { exit, stderr } = await agent.exec(
    [
      program,
      ...["-layout", `${directory}/workload-images`, "-address", socket],
      ...["-state", "/run/bootwright-workload-state", "-store", "/var/lib/containerd"],
    ],
    { deadline: deadlineAfter(importMs) },
  );
  if (exit.kind !== "exited" || exit.code !== 0)
    fail(`containerd does not take an image: ${printable(String(stderr), 1000)}`);
};
