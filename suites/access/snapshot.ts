import { z } from "zod";
import { type AgentClient, inconclusive } from "../../harness/index.ts";

interface GuestProcess {
  readonly pid: number;
  readonly name: string;
  /** Device number of its controlling terminal, 0 for none. */
  readonly terminal: number;
  /** "" unless it is a terminal. */
  readonly stdin: string;
  readonly rssKiB: number;
}

const guestProcess: z.ZodType<GuestProcess> = z.object({
  pid: z.number(),
  name: z.string(),
  terminal: z.number(),
  stdin: z.string(),
  rssKiB: z.number(),
});
const answer = z.object({ processes: z.array(guestProcess), truncated: z.boolean() });

/** What runs in the guest at one moment, less the agent's own. */
export interface Snapshot {
  /** Services, sockets, timers and paths that are active. */
  readonly units: readonly string[];
  readonly processes: readonly GuestProcess[];
}

const isRunning = ({ activeState }: { readonly activeState: string }): boolean =>
  activeState === "active" || activeState === "activating" || activeState === "reloading";

export const snapshot = async (agent: AgentClient): Promise<Snapshot> => {
  const units = (await agent.units())
    .filter(isRunning)
    .map(({ name }) => name)
    .filter((name) => /\.(service|socket|timer|path)$/.test(name))
    .filter((name) => name !== "bootwright-agent.service");
  const { processes, truncated } = await agent.probe("processes", {}, answer);
  if (truncated) inconclusive("The guest has more processes than are looked at");
  return { units, processes: processes.filter(({ pid }) => pid !== agent.info.pid) };
};

/** Processes that somebody at a terminal could be talking to, as in `console-shell (271) at /dev/ttyS0`. */
export const atTerminals = ({ processes }: Snapshot): readonly string[] =>
  processes
    .filter(({ terminal, stdin }) => terminal !== 0 || stdin !== "")
    .map(
      ({ name, pid, terminal, stdin }) => `${name} (${pid}) at ${stdin || `device ${terminal}`}`,
    );
