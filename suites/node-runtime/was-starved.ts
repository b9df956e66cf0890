import type { BootedMachine } from "../../harness/index.ts";

/** Whether its vCPUs waited for the host longer than they ran since that sample. */
export const wasStarved = (
  { load }: Pick<BootedMachine, "load">,
  since: BootedMachine["load"][number] | undefined,
): boolean => {
  const last = load.at(-1);
  if (last === undefined || since === undefined) return false;
  return last.waitedMs - since.waitedMs > last.cpuMs - since.cpuMs;
};
