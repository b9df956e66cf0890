import {
  type BootedMachine,
  type Deadline,
  deadlineAfter,
  fail,
  inconclusive,
} from "../../harness/index.ts";
import { wasStarved } from "./was-starved.ts";

/** The deadline of one wait, made where it begins: it knows what the host gave the machine since then. */
export interface WatchedDeadline extends Deadline {
  /** Whether the machine was starved, from the beginning of the wait until now. */
  wasStarved(): boolean;
}

export const watchedDeadline = (
  machine: Pick<BootedMachine, "sampleLoad">,
  timeoutMs: number,
): WatchedDeadline => {
  const since = machine.sampleLoad();
  return { ...deadlineAfter(timeoutMs), wasStarved: () => wasStarved(machine, since) };
};

/** Ends the check because something did not happen in time: the image's fault, unless the machine waited for the host meanwhile. */
export const tooLate = (deadline: Pick<WatchedDeadline, "wasStarved">, reason: string): never =>
  deadline.wasStarved()
    ? inconclusive(`The guest waited for a host CPU most of the time: ${reason}`)
    : fail(reason);
