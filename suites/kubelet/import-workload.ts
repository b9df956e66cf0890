import { dirname } from "node:path/posix";
import {
  type AgentClient,
  deadlineAfter,
  fail,
  printable,
  unsupported,
} from "../../harness/index.ts";

/** The image that the suite's containers run; it has no entry point but `/workload`. */
export const workloadImage = "registry.invalid/bootwright/workload:1";

const importMs = 180_000;

/** Gives the guest's containerd the image for the suite's containers, which lies beside the agent. */
export const importWorkload = async (agent: AgentClient): Promise<void> => {
  const { linkTarget } = await agent.stat("/proc/self/exe");
  const directory = linkTarget === undefined ? "" : dirname(linkTarget);
  const program = `${directory}/import-images`;
  if (linkTarget === undefined || !(await agent.exists(program)))
    unsupported("The agent came without the container image for workloads");
  const { exit, stderr } = await agent.exec(
    [
      program,
      ...["-layout", `${directory}/workload-images`],
      ...["-state", "/run/bootwright-workload-state", "-store", "/var/lib/containerd"],
    ],
    { deadline: deadlineAfter(importMs) },
  );
  if (exit.kind !== "exited" || exit.code !== 0)
    fail(`containerd does not take an image: ${printable(String(stderr), 1000)}`);
};
