import { deadlineAfter } from "../../harness/index.ts";
import type { Health } from "./kubelet-health.ts";
import { FollowedJournal, hasJournal } from "./kubelet-journal.ts";
import type { ConfigChange } from "./reconfigured-kubelet.ts";
import type { StandaloneNode } from "./standalone-node.ts";

/** What a kubelet does that is to keep more of its disk free than there is. */
export interface Pressure {
  readonly health: Health;
  /** The line that says that it began to reclaim; undefined when none came in time. */
  readonly reclaimed: string | undefined;
  readonly lines: readonly string[];
  /** Whether the image shows what its kubelet writes. */
  readonly hasJournal: boolean;
}

// It looks every ten seconds (monitoringInterval in pkg/kubelet/kubelet.go).
const waitSeconds = 45;

/** @param config the one that keeps more free than there is; it is left running. */
export const withPressure = async (
  { agent, kubelet, unit, waits }: StandaloneNode,
  config: ConfigChange,
  whenHealthy: (restart: () => Promise<Health>) => Promise<unknown>,
): Promise<Pressure> => {
  const isShown = await hasJournal(agent);
  await using journal = isShown ? new FollowedJournal(agent, unit) : undefined;
  await journal?.isReading(deadlineAfter(20_000));
  let health: Health = { isHealthy: false, isStarved: false, lastSeen: "not restarted" };
  await whenHealthy(async () => {
    health = await kubelet.reconfigure(config);
    return health;
  });
  const pattern = /eviction manager: (attempting to reclaim|must evict)/i;
  const deadline = waits.within(waitSeconds);
  const reclaimed = await journal?.line(pattern, deadline);
  if (isShown && reclaimed === undefined) waits.late("reclaimed", deadline);
  if (isShown) waits.late("reclaimed", { wasStarved: () => health.isStarved });
  return {
    health,
    hasJournal: isShown,
    reclaimed,
    lines: (journal?.lines ?? []).filter((line) => /eviction manager/i.test(line)).slice(0, 10),
  };
};
