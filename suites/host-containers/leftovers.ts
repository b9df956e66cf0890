import type { AgentClient } from "../../harness/index.ts";
import { guestProcesses, isOfUnit } from "./guest-processes.ts";

/** By what a container is known when it is gone. */
export interface ContainerTraces {
  /** Of its processes, as in `mnt:[4026532201]`. */
  readonly mountNamespace: string;
  /** When it ended, as nearly as is known, since the kernel was started: its processes are older. */
  readonly ranUntilMs: number;
  /** Where its own files were, if its root is an overlay. */
  readonly upperDirectory: string | undefined;
}

/** The directory with a container's own files, from the line of /proc/PID/mountinfo that tells of its root. */
export const upperDirectoryOf = (mountLine: string): string | undefined =>
  /[ ,]upperdir=([^, ]+)/.exec(mountLine)?.[1];

/** What is still there of a container that has ended and of its runtime, in words; nothing by a word of the runtime itself. */
export const leftoversOf = async (
  agent: AgentClient,
  { mountNamespace, ranUntilMs, upperDirectory }: ContainerTraces,
  runtimeUnit: string,
): Promise<readonly string[]> => {
  const processes = await guestProcesses(agent);
  // The number of a namespace that is gone is given to the next one (proc_alloc_inum in the kernel's fs/proc/generic.c): a
  // younger process in it is another container's, unless an older one is left too.
  const own = processes.filter(
    ({ namespaces, startedMs }) => namespaces["mnt"] === mountNamespace && startedMs <= ranUntilMs,
  );
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
