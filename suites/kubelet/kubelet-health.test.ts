import { expect, test } from "vitest";
import { deadlineAfter } from "../../harness/index.ts";
import { healthAfterRestart, waitForHealth } from "./kubelet-health.ts";

const unit = "kubelet.service";

const state = {
  ...{ name: unit, loadState: "loaded", unitFileState: "enabled" },
  ...{ activeState: "failed", subState: "failed", hasJob: false, isConditionMet: true },
  ...{ inactiveExitUs: 0, activeEnterUs: 0, stateChangeUs: 0, conditionUs: 0 },
  ...{ execMainStatus: 0, restarts: 0 },
};

/** One whose unit does not come up. */
const agentWith = (job: string, result: string): Parameters<typeof healthAfterRestart>[0] => ({
  controlUnit: async () => job,
  unit: async () => ({ ...state, result }),
  waitForUnitUntil: async () => ({ isActive: false, reason: "failed" }),
  http: async () => expect.unreachable(),
});

const deadline = (isStarved: boolean) => ({ ...deadlineAfter(1000), wasStarved: () => isStarved });

test.each([
  ["timeout", "success", true, true],
  ["timeout", "success", false, false],
  ["failed", "timeout", true, true],
  ["failed", "timeout", false, false],
  ["failed", "exit-code", true, false],
])(
  "a restart with job %s and unit %s on a machine starved %s is starved %s",
  async (job, result, wasStarved, isStarved) => {
    const agent = agentWith(job, result);
    expect(await healthAfterRestart(agent, unit, unit, deadline(wasStarved))).toEqual({
      isHealthy: false,
      isStarved,
      lastSeen: `the restart of ${unit}: ${job}`,
    });
  },
);

test.each([
  ["timeout", true, true],
  ["timeout", false, false],
  ["exit-code", true, false],
])(
  "a unit down with %s on a machine starved %s is starved %s",
  async (result, wasStarved, isStarved) => {
    const agent = agentWith("done", result);
    expect(await waitForHealth(agent, unit, 10_248, deadline(wasStarved))).toEqual({
      isHealthy: false,
      isStarved,
      lastSeen: `${unit}: failed`,
    });
  },
);

test("a unit that became active after the wait for it is asked for its health", async () => {
  const agent: Parameters<typeof waitForHealth>[0] = {
    ...agentWith("done", "success"),
    unit: async () => ({ ...state, result: "success", activeState: "active" }),
    http: async () => ({
      ...{ kind: "answered", status: 200, headers: {}, body: Buffer.from("ok") },
      ...{ sha256: "", isTruncated: false, elapsedMs: 1 },
    }),
  };
  expect(await waitForHealth(agent, unit, 10_248, deadline(false))).toMatchObject({
    isHealthy: true,
  });
});
