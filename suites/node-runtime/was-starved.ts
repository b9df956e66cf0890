import type { BootedMachine } from "../../harness/index.ts";

type Sample = BootedMachine["load"][number];

/**
 * Whether a machine waited for the host between two samples so that what it did not do in that time says nothing of it: its
 * vCPUs waited longer than they ran, and together for more than half of the time. Without the latter any wait of a machine that
 * has nothing to do would be excused by another guest, though its few moments of waiting could not have made it late.
 */
export const isStarved = (first: Sample, last: Sample): boolean => {
  const waitedMs = last.waitedMs - first.waitedMs;
  return waitedMs > last.cpuMs - first.cpuMs && waitedMs > (last.atMs - first.atMs) / 2;
};

/** The same, since that sample (`machine.sampleLoad()`). */
export const wasStarved = (
  machine: Pick<BootedMachine, "sampleLoad">,
  since: Sample | undefined,
): boolean => {
  const last = machine.sampleLoad();
  return last !== undefined && since !== undefined && isStarved(since, last);
};
