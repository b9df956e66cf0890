// What the agent's line and the disk for reports took of the guest while specs ran: a share small enough to be lost in the
// noise of two timed runs, so it is taken from the kernel's own counts.
import type { AgentClient } from "../../harness/index.ts";

/** Counts since the guest's kernel started. */
export interface CostCounts {
  /** Of all processors, idle and waiting time left out. */
  readonly busyMs: number;
  /** Of the agent itself, user and system time. */
  readonly agentMs: number;
  /** How long the disk for reports had requests in flight. */
  readonly diskMs: number;
  readonly diskWrittenKiB: number;
}

/** USER_HZ, in which /proc counts on x86 (proc_stat(5), proc_pid_stat(5)). */
const tickMs = 10;
/** Whatever the disk's own (Documentation/block/stat.rst of Linux). */
const sectorBytes = 512;

/** @param device - the disk for reports, as in `/dev/vdc` */
export const countCost = async (agent: AgentClient, device: string): Promise<CostCounts> => {
  const paths = ["/proc/stat", "/proc/self/stat", `/sys/block/${device.replace("/dev/", "")}/stat`];
  const [all = "", own = "", disk = ""] = await Promise.all(
    paths.map(async (path) => String(await agent.readFile(path))),
  );
  return readCounts(all, own, disk);
};

/** Since another count. A guest in which specs broke off may not answer any more: then nobody asks what they cost. */
export const costSince = async (
  before: CostCounts,
  {
    agent,
    device,
    run: { brokeOff },
  }: {
    readonly agent: AgentClient;
    readonly device: string;
    readonly run: { readonly brokeOff?: unknown };
  },
): Promise<CostCounts | undefined> =>
  brokeOff === undefined ? costBetween(before, await countCost(agent, device)) : undefined;

/** From the text of the three files. */
export const readCounts = (all: string, own: string, disk: string): CostCounts => {
  const [user, nice, system, , , irq, softirq] = numbersIn(all.replace(/^cpu +/, ""));
  // What stands before it is a name, which may contain anything.
  const process = numbersIn(own.slice(own.lastIndexOf(")") + 4));
  const requests = numbersIn(disk);
  const ticks = (...of: readonly (number | undefined)[]): number =>
    of.reduce<number>((sum, one) => sum + (one ?? 0) * tickMs, 0);
  return {
    busyMs: ticks(user, nice, system, irq, softirq),
    agentMs: ticks(process[10], process[11]),
    diskMs: requests[9] ?? 0,
    diskWrittenKiB: Math.round(((requests[6] ?? 0) * sectorBytes) / 1024),
  };
};

const numbersIn = (text: string): readonly number[] => text.trim().split(/\s+/).map(Number);

export const costBetween = (before: CostCounts, after: CostCounts): CostCounts => ({
  busyMs: after.busyMs - before.busyMs,
  agentMs: after.agentMs - before.agentMs,
  diskMs: after.diskMs - before.diskMs,
  diskWrittenKiB: after.diskWrittenKiB - before.diskWrittenKiB,
});
