import { z } from "zod";
import {
  type AgentClient,
  type BootingMachine,
  deadlineAfter,
  guestMac,
  unsupported,
} from "../../harness/index.ts";
import { type Knocking, knockAt } from "./knocking.ts";
import { ListenerWatch } from "./listening.ts";

/** How the network card got its address. */
export interface NetworkUp {
  readonly addresses: readonly string[];
  /** By the agent, because the guest gave it none. */
  readonly made: boolean;
  readonly step: string;
  readonly errno: string;
}

const networkUp: z.ZodType<NetworkUp> = z.object({
  addresses: z.array(z.string()),
  made: z.boolean(),
  step: z.string(),
  errno: z.string(),
});

interface Begun {
  readonly watch: ListenerWatch;
  readonly network: NetworkUp;
}

type Result = { readonly begun: Begun | undefined } | { readonly error: unknown };

/** Knocks at a port from power-on, and watches the sockets from the agent's first word, while the machine still boots. */
export class EarlyWatch implements AsyncDisposable {
  readonly #port: number;
  readonly #knocking: Knocking[] = [];
  #isReady = false;
  #result: Promise<Result> | undefined;

  constructor(guestPort: number) {
    this.#port = guestPort;
  }

  /** For the variant of the machine; a boot that is tried again is watched anew. */
  readonly observe = (machine: BootingMachine): void => {
    const port = machine.hostPort(this.#port);
    if (port !== undefined) this.#knocking.push(knockAt(port));
    this.#result = this.#begin(machine.agent).then(
      (begun): Result => ({ begun }),
      (error: unknown): Result => ({ error }),
    );
  };

  /** Ends the early part, when the machine is ready. */
  async watched(): Promise<Begun> {
    this.#isReady = true;
    const result = (await this.#result) ?? { begun: undefined };
    if ("error" in result) throw result.error;
    return result.begun ?? unsupported("No agent in this guest: nobody can watch its sockets");
  }

  /** Resolves to the number of tries. */
  async stopKnocking(): Promise<number> {
    const tries = await Promise.all(this.#knocking.map((knocking) => knocking.stop()));
    return tries.reduce((sum, count) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isReady = true;
    await this.stopKnocking();
    await this.#result;
  }

  async #begin(coming: Promise<AgentClient | undefined>): Promise<Begun | undefined> {
    const agent = await coming;
    if (agent === undefined) return undefined;
    const watch = new ListenerWatch(agent);
    const network = agent.probe(
      "network-up",
      { mac: guestMac, address: "10.0.2.15/24", timeoutMs: 60_000 },
      networkUp,
      { deadline: deadlineAfter(120_000) },
    );
    await Promise.all([network, this.#watchUntilReady(watch)]);
    return { watch, network: await network };
  }

  async #watchUntilReady(watch: ListenerWatch): Promise<void> {
    do await watch.watch(1000);
    while (!this.#isReady);
  }
}
