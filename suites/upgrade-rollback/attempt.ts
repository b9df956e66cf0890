import { type BootedMachine, errorCodeOf, type NextDisks, printable } from "../../harness/index.ts";
import { watchedDeadline } from "../node-runtime/watched-deadline.ts";
import type { Blamed } from "./cycle-seen.ts";

/** How an act of the updater ended. */
export type ActOutcome =
  | { readonly kind: "done"; readonly next: NextDisks }
  | {
      readonly kind: "not-done";
      readonly blames: readonly Blamed[];
      readonly reason: string;
    };

/**
 * Does an act of the updater. That it fails is the image's fault, and so is that it does not end in its own time, unless the
 * machine waited for the host meanwhile.
 * @throws {TimeoutError} for a starved machine; what is no fault of the updater.
 */
export const attempt = async (
  machine: BootedMachine,
  blamed: Blamed,
  act: () => Promise<NextDisks>,
): Promise<ActOutcome> => {
  // Its own deadlines are the driver's; here only the load is watched.
  const watch = watchedDeadline(machine, 1);
  try {
    return { kind: "done", next: await act() };
  } catch (error) {
    const code = errorCodeOf(error);
    const isLate = code === "TIMEOUT" && !watch.wasStarved();
    if (code !== "UPDATE_FAILED" && !isLate) throw error;
    const reason = printable(error instanceof Error ? error.message : String(error), 2000);
    return { kind: "not-done", blames: [blamed], reason };
  }
};
