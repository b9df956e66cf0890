import type { AgentClient } from "../../harness/index.ts";
import { guestProcesses, isOfUnit } from "./guest-processes.ts";

/** By what a container is known when it is gone. */
export interface ContainerTraces {
  /** Of its processes, as in `mnt:[4026532201]`. */
  readonly mountNamespace: string;
  /** Where its own files were, if its root is an overlay. */
  readonly upperDirectory: string | undefined;
}

/** The directory with a container's own files, from the line of /proc/PID/mountinfo that tells of its root. */
export const upperDirectoryOf = (mountLine: string): string | undefined =>
  /[ ,]upperdir=([^, ]+)/.exec(mountLine)?.[1];

/** What is still there of a container that has ended and of its runtime, in words; nothing by a word of the runtime itself. */
export const leftoversOf = async (
  agent: AgentClient,
  { mountNamespace, upperDirectory }: ContainerTraces,
  runtimeUnit: string,
): Promise<readonly string[]> => {
  const processes = await guestProcesses(agent);
  const own = processes.filter(({ namespaces }) => namespaces["mnt"] === mountNamespace);
  const ofRuntime = processes.filter((process) => isOfUnit(process, runtimeUnit));
  const left = [...new Set([...own, ...ofRuntime])].map(
    ({ name, pid, cgroup }) => `process ${name} (${pid}) in ${cgroup}`,
  );
  const { activeState } = await agent.unit(runtimeUnit);
  if (activeState !== "inactive") left.push(`unit ${runtimeUnit} is ${activeState}`);
  if (upperDirectory === undefined) return left;
  for (const { path, superOptions } of await agent.mounts()) {
    if (superOptions.includes(`upperdir=${upperDirectory}`)) left.push(`mount ${path}`);
  }
  if (await agent.exists(upperDirectory)) left.push(`directory ${upperDirectory}`);
  return left;
};
