import type { BootedMachine } from "../../harness/index.ts";

/** Whether its vCPUs waited for the host longer than they ran since that sample (`machine.sampleLoad()`). */
export const wasStarved = (
  machine: Pick<BootedMachine, "sampleLoad">,
  since: ReturnType<BootedMachine["sampleLoad"]>,
): boolean => {
  const last = machine.sampleLoad();
  if (last === undefined || since === undefined) return false;
  return last.waitedMs - since.waitedMs > last.cpuMs - since.cpuMs;
};
