// What it means that the kubelet is not healthy with the standalone trial's configuration.
import { fail, inconclusive, skip } from "../../harness/index.ts";
import type { Health } from "./kubelet-health.ts";

/** The kubelet was healthy as it is shipped, and is not with the trial's configuration. */
export interface Unhealthy {
  /** What it said, or its unit, in words. */
  readonly unhealthy: string;
}

/** All checks end here where its health as shipped was none either, which `kubelet/healthy` says, or the host is at fault. */
export const unhealthyIn = (asShipped: Health, { isStarved, lastSeen }: Health): Unhealthy => {
  if (isStarved) inconclusive(`The guest waited for a host CPU most of the time: ${lastSeen}`);
  if (!asShipped.isHealthy) skip(withoutHealth(lastSeen));
  return { unhealthy: lastSeen };
};

/** One check says so, the first; nothing is known of what the others ask. */
export const endUnhealthy = (check: string, { unhealthy }: Unhealthy): never =>
  check === "canary"
    ? fail(`Healthy as it is shipped, but not as configured for this trial: ${unhealthy}`)
    : skip(withoutHealth(unhealthy));

const withoutHealth = (lastSeen: string): string =>
  `Configured for this trial the kubelet is not healthy: ${lastSeen}`;
