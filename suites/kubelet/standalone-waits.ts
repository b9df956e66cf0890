import { type BootedMachine, inconclusive } from "../../harness/index.ts";
import { type WatchedDeadline, watchedDeadline } from "../node-runtime/watched-deadline.ts";
import type { KubeletServer, Pods } from "./kubelet-server.ts";

/** What the standalone trial waits for: first each of its pods, then what becomes of them. */
export type StandaloneWait =
  | "canary"
  | "probed"
  | "ending"
  | "departing"
  | "ill"
  | "well"
  | "ended"
  | "restart"
  | "reclaimed"
  | "runtime-restart"
  | "cleared-up"
  | "departing-again"
  | "departed";

/** The waits of one trial. Each is judged by what the host gave the machine in its own time. */
export class StandaloneWaits {
  readonly #machine: Pick<BootedMachine, "sampleLoad">;
  readonly #server: Pick<KubeletServer, "podsWhen">;
  readonly #slowness: number;
  readonly #starved = new Set<StandaloneWait>();

  constructor(
    machine: Pick<BootedMachine, "sampleLoad">,
    server: Pick<KubeletServer, "podsWhen">,
    slowness: number,
  ) {
    this.#machine = machine;
    this.#server = server;
    this.#slowness = Math.max(1, slowness);
  }

  /** Those that were not over in time, while the machine was starved. */
  get starved(): readonly StandaloneWait[] {
    return [...this.#starved];
  }

  /** A deadline from now. @param seconds on a host of common speed. */
  within(seconds: number): WatchedDeadline {
    return watchedDeadline(this.#machine, seconds * 1000 * this.#slowness);
  }

  /** Notes that what was waited for has not come in its time. */
  late(name: StandaloneWait, deadline: Pick<WatchedDeadline, "wasStarved">): void {
    if (deadline.wasStarved()) this.#starved.add(name);
  }

  /** All pods as soon as they are so, or as they are when the time is over. */
  async pods(
    name: StandaloneWait,
    isSo: (pods: Pods) => boolean,
    deadline: WatchedDeadline,
  ): Promise<Pods> {
    const pods = await this.#server.podsWhen(isSo, deadline);
    if (!isSo(pods)) this.late(name, deadline);
    return pods;
  }
}

/** Judges what was waited for: a failure says nothing of the image where the machine was starved in one of the waits. */
export const unlessStarved = async (
  starved: readonly StandaloneWait[],
  judge: () => Promise<void> | void,
): Promise<void> => {
  try {
    await judge();
  } catch (error) {
    const isVerdict =
      error instanceof Error && ["AssertionError", "CheckOutcome"].includes(error.name);
    if (starved.length === 0 || !isVerdict) throw error;
    inconclusive(
      `The guest waited for a host CPU most of the time in which this did not come: ${starved.join(", ")}; ${error.message}`,
    );
  }
};
