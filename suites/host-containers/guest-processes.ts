import { z } from "zod";
import { type AgentClient, inconclusive } from "../../harness/index.ts";

/** A process of the guest, as its kernel tells of it. */
export interface GuestProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  /** Since the kernel was started. */
  readonly startedMs: number;
  /** As in `/system.slice/containerd.service`. */
  readonly cgroup: string;
  /** By kind (`mnt`, `net`, `pid`), as in `mnt:[4026531841]`. */
  readonly namespaces: Readonly<Record<string, string>>;
}

const answer: z.ZodType<{ processes: GuestProcess[]; truncated: boolean }> = z.object({
  processes: z.array(
    z.object({
      pid: z.number(),
      ppid: z.number(),
      name: z.string(),
      startedMs: z.number(),
      cgroup: z.string(),
      namespaces: z.record(z.string(), z.string()),
    }),
  ),
  truncated: z.boolean(),
});

/** All processes, threads of the kernel left out. */
export const guestProcesses = async (agent: AgentClient): Promise<readonly GuestProcess[]> => {
  const { processes, truncated } = await agent.probe("processes", {}, answer);
  return truncated ? inconclusive("The guest has more processes than are looked at") : processes;
};

/** Whether systemd started it, or something below it, for this unit. */
export const isOfUnit = ({ cgroup }: GuestProcess, unit: string): boolean =>
  cgroup.endsWith(`/${unit}`) || cgroup.includes(`/${unit}/`);
