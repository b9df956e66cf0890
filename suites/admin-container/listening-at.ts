import { z } from "zod";
import { type AgentClient, inconclusive } from "../../harness/index.ts";

const answer = z.object({
  listeners: z.array(
    z.object({
      protocol: z.string(),
      address: z.string(),
      port: z.number(),
      process: z.string(),
    }),
  ),
  truncated: z.boolean(),
});

/** A process that takes connections. */
export interface Listening {
  readonly address: string;
  /** 0 when no process was found that has the socket. */
  readonly pid: number;
}

/** Who in the host's network takes connections at this TCP port, by the kernel's own tables. */
export const listeningAt = async (
  agent: AgentClient,
  wanted: number,
): Promise<readonly Listening[]> => {
  const { listeners, truncated } = await agent.probe("listeners", {}, answer);
  if (truncated) inconclusive("The guest has more sockets than are looked at");
  return listeners
    .filter(({ protocol, port }) => protocol.startsWith("tcp") && port === wanted)
    .map(({ address, process }) => ({
      address,
      pid: Number(/\((\d+)\)$/.exec(process)?.[1] ?? 0),
    }));
};
