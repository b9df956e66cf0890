import { type AgentClient, expect, inconclusive } from "../../harness/index.ts";
import { guestProcesses, isOfUnit } from "./guest-processes.ts";

/** By what a container is known when it is gone. */
export interface ContainerTraces {
  /** Of its processes, as in `mnt:[4026532201]`. */
  readonly mountNamespace: string | undefined;
  /** When it ended, as nearly as is known, since the kernel was started: its processes are older. */
  readonly ranUntilMs: number;
  /** The line of /proc/PID/mountinfo that told of its root, with the directory of its own files if that is an overlay. */
  readonly rootMount: string | undefined;
}

/** What is still there of a container that has ended and of its runtime. */
export interface Leftovers {
  /** In words; nothing by a word of the runtime itself. */
  readonly found: readonly string[];
  /** What could not be looked for because nobody knows by what it is known. */
  readonly unsought: readonly string[];
}

/** Ends the check where something is left, or where that cannot be known. */
export const expectNothingLeft = ({ found, unsought }: Leftovers): void => {
  expect(found, "what is left of the container").toEqual([]);
  if (unsought.length > 0) inconclusive(unsought.join("; "));
};

export const leftoversOf = async (
  agent: AgentClient,
  { mountNamespace, ranUntilMs, rootMount }: ContainerTraces,
  runtimeUnit: string,
): Promise<Leftovers> => {
  const processes = await guestProcesses(agent);
  // The number of a namespace that is gone is given to the next one (proc_alloc_inum in the kernel's fs/proc/generic.c): a
  // younger process in it is another container's, unless an older one is left too.
  const own = processes.filter(
    ({ namespaces, startedMs }) => namespaces["mnt"] === mountNamespace && startedMs <= ranUntilMs,
  );
  const isNamespace = /^mnt:\[\d+\]$/.test(mountNamespace ?? "");
  const ofRuntime = processes.filter((process) => isOfUnit(process, runtimeUnit));
  const found = [...new Set([...(isNamespace ? own : []), ...ofRuntime])].map(
    ({ name, pid, cgroup }) => `process ${name} (${pid}) in ${cgroup}`,
  );
  const { activeState } = await agent.unit(runtimeUnit);
  if (activeState !== "inactive") found.push(`unit ${runtimeUnit} is ${activeState}`);
  const unsought = isNamespace
    ? []
    : [`Its processes are not known, for its mount namespace was ${said(mountNamespace)}`];
  const directory = upperDirectoryOf(rootMount);
  if (directory === undefined) {
    unsought.push(`Its files are not known, for its root was no overlay: ${said(rootMount)}`);
    return { found, unsought };
  }
  for (const { path, superOptions } of await agent.mounts()) {
    if (superOptions.includes(`upperdir=${directory}`)) found.push(`mount ${path}`);
  }
  if (await agent.exists(directory)) found.push(`directory ${directory}`);
  return { found, unsought };
};

const upperDirectoryOf = (rootMount = ""): string | undefined =>
  /[ ,]upperdir=([^, ]+)/.exec(rootMount)?.[1];

const said = (text = ""): string => (text === "" ? "not told" : JSON.stringify(text.slice(0, 300)));
