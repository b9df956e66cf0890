import { expect, test } from "vitest";
import { endUnhealthy, unhealthyIn } from "./standalone-health.ts";

const healthy = { isHealthy: true, isStarved: false, lastSeen: "200 ok" };
const ill = { isHealthy: false, isStarved: false, lastSeen: "no answer" };
const late = { ...ill, isStarved: true };

const outcomes = async (asShipped: typeof ill, health: typeof ill): Promise<readonly unknown[]> => {
  const all = await Promise.allSettled(
    ["canary", "pods"].map(async (check) => endUnhealthy(check, unhealthyIn(asShipped, health))),
  );
  return all.map((one) => (one.status === "rejected" ? one.reason : one));
};

const outcome = (state: string, reason: string) => ({ state, message: `${reason}: no answer` });
const failed = outcome("fail", "Healthy as it is shipped, but not as configured for this trial");
const skipped = outcome("skip", "Configured for this trial the kubelet is not healthy");
const starved = outcome("inconclusive", "The guest waited for a host CPU most of the time");

test("one check says that the kubelet is not healthy in the trial, where it was as it is shipped", async () => {
  expect(await outcomes(healthy, ill)).toMatchObject([failed, skipped]);
  expect(await outcomes(ill, ill)).toMatchObject([skipped, skipped]);
  expect(await outcomes(late, ill)).toMatchObject([skipped, skipped]);
  expect(await outcomes(healthy, late)).toMatchObject([starved, starved]);
});
