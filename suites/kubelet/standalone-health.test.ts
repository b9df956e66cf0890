import { expect, test } from "vitest";
import { CheckOutcome } from "../../harness/fixtures/outcome.ts";
import { endUnhealthy, unhealthyIn } from "./standalone-health.ts";

const healthy = { isHealthy: true, isStarved: false, lastSeen: "200 ok" };
const ill = { isHealthy: false, isStarved: false, lastSeen: "no answer" };
const late = { ...ill, isStarved: true };

const outcomes = async (asShipped: typeof ill, health: typeof ill): Promise<readonly unknown[]> => {
  const all = await Promise.allSettled(
    ["canary", "pods"].map(async (check) => endUnhealthy(check, unhealthyIn(asShipped, health))),
  );
  return all.map((one) =>
    one.status === "rejected" && one.reason instanceof CheckOutcome
      ? `${one.reason.state}: ${one.reason.message}`
      : one,
  );
};

const failed = "fail: Healthy as it is shipped, but not as configured for this trial: no answer";
const skipped = "skip: Configured for this trial the kubelet is not healthy: no answer";
const starved = "inconclusive: The guest waited for a host CPU most of the time: no answer";

test("one check says that the kubelet is not healthy in the trial, where it was as it is shipped", async () => {
  expect(await outcomes(healthy, ill)).toEqual([failed, skipped]);
  expect(await outcomes(ill, ill)).toEqual([skipped, skipped]);
  expect(await outcomes(late, ill)).toEqual([skipped, skipped]);
  expect(await outcomes(healthy, late)).toEqual([starved, starved]);
});
