import { z } from "zod";
import { type AgentClient, deadlineAfter } from "../../harness/index.ts";

/** A socket that takes a first packet from anybody. */
export interface Listener {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** As in `systemd (1)`. */
  readonly process: string;
  readonly firstNs: number;
  readonly lastNs: number;
}

const listener: z.ZodType<Listener> = z.object({
  protocol: z.string(),
  address: z.string(),
  port: z.number(),
  process: z.string(),
  firstNs: z.number(),
  lastNs: z.number(),
});

const answer = z.object({
  samples: z.number(),
  firstNs: z.number(),
  lastNs: z.number(),
  longestGapNs: z.number(),
  listeners: z.array(listener),
  truncated: z.boolean(),
});

/** What was heard of sockets while they were watched; times are the guest's CLOCK_MONOTONIC. */
export interface Listening {
  readonly samples: number;
  readonly firstNs: number;
  readonly lastNs: number;
  /** The longest time between two looks. */
  readonly longestGapNs: number;
  readonly listeners: readonly Listener[];
  readonly isTruncated: boolean;
}

/** Looks at the guest's sockets four times a second, in pieces that follow each other at once. */
export class ListenerWatch {
  readonly #agent: AgentClient;
  readonly #pieces: z.infer<typeof answer>[] = [];

  constructor(agent: AgentClient) {
    this.#agent = agent;
  }

  /** Of the last look; 0 before the first. */
  get lastNs(): number {
    return this.#pieces.at(-1)?.lastNs ?? 0;
  }

  /** Watches for so long in the guest's time. */
  async watch(forMs: number): Promise<void> {
    // A guest that is given little of the host's time answers late.
    const deadline = deadlineAfter(forMs + 60_000);
    this.#pieces.push(await this.#agent.probe("listeners", { forMs }, answer, { deadline }));
  }

  heard(): Listening {
    const byName = new Map<string, Listener>();
    let longestGapNs = 0;
    let before: number | undefined;
    for (const { longestGapNs: within, firstNs, lastNs, listeners } of this.#pieces) {
      longestGapNs = Math.max(longestGapNs, within, firstNs - (before ?? firstNs));
      before = lastNs;
      for (const one of listeners) {
        const key = `${one.protocol} ${one.address} ${one.port}`;
        const known = byName.get(key);
        byName.set(key, known === undefined ? one : { ...known, lastNs: one.lastNs });
      }
    }
    return {
      samples: this.#pieces.reduce((sum, { samples }) => sum + samples, 0),
      firstNs: this.#pieces[0]?.firstNs ?? 0,
      lastNs: this.lastNs,
      longestGapNs,
      listeners: [...byName.values()],
      isTruncated: this.#pieces.some(({ truncated }) => truncated),
    };
  }
}
