import {
  agentOf,
  type BootedMachine,
  errorCodeOf,
  printable,
  type Release,
  type UpdateDriver,
} from "../../../harness/index.ts";
import { watchedDeadline } from "../../node-runtime/watched-deadline.ts";

/** What a node did with a release that it was told to update to. */
export interface OfferSeen {
  readonly name: string;
  readonly outcome:
    | { readonly kind: "taken" }
    /** The updater ended with a failure. */
    | { readonly kind: "refused"; readonly reason: string }
    /** It did not end in its time. */
    | { readonly kind: "hung"; readonly reason: string };
  /** What ran afterwards, and what the next boot would start as far as the driver can list that; by identity. */
  readonly runs: string;
  readonly next: readonly string[] | undefined;
}

/**
 * Has the node update itself to a release, whose payload it has.
 * @throws {TimeoutError} when the updater does not end and the machine waited for the host meanwhile; what is no fault of the updater.
 */
export const offer = async (
  machine: BootedMachine,
  driver: UpdateDriver,
  release: Release,
): Promise<OfferSeen> => {
  const agent = agentOf(machine);
  const outcome = await outcomeOf(machine, async () => {
    await driver.stage(agent, release);
    await driver.activate(agent, release);
  });
  const next = driver.canList
    ? (await driver.entries(agent)).filter(({ isNext }) => isNext).map(({ identity }) => identity)
    : undefined;
  return { name: release.name, outcome, runs: await driver.version(agent), next };
};

export const outcomeOf = async (
  machine: BootedMachine,
  act: () => Promise<void>,
): Promise<OfferSeen["outcome"]> => {
  // Its own deadlines are the driver's; here only the load is watched.
  const watch = watchedDeadline(machine, 1);
  try {
    await act();
    return { kind: "taken" };
  } catch (error) {
    const code = errorCodeOf(error);
    const reason = printable(error instanceof Error ? error.message : String(error), 2000);
    if (code === "UPDATE_FAILED") return { kind: "refused", reason };
    if (code !== "TIMEOUT" || watch.wasStarved()) throw error;
    return { kind: "hung", reason };
  }
};
