import {
  type AgentClient,
  type Deadline,
  deadlineAfter,
  errorCodeOf,
  type HttpOutcome,
} from "../../harness/index.ts";
import type { WatchedDeadline } from "../node-runtime/watched-deadline.ts";
import { expectedKubelet } from "./shipped-kubelet.ts";

/** What a kubelet said of its health in the end. */
export interface Health {
  readonly isHealthy: boolean;
  /** Only its time was over, and the machine was starved in it. */
  readonly isStarved: boolean;
  /** In words, as in `200 ok`. */
  readonly lastSeen: string;
}

/** Waits until /healthz says ok; earlier over when the unit is not up and will not come up by itself. */
export const waitForHealth = async (
  agent: AgentClient,
  unit: string,
  port: number,
  deadline: WatchedDeadline,
): Promise<Health> => {
  const down = await whyDown(agent, unit, deadline);
  if (down !== undefined)
    return {
      isHealthy: false,
      isStarved: down.isLate && deadline.wasStarved(),
      lastSeen: `${unit}: ${down.reason}`,
    };
  const url = `http://127.0.0.1:${port}/healthz`;
  let seen: HttpOutcome | undefined;
  try {
    seen = await agent.http(url, { deadline });
    while (!isOk(seen)) seen = await agent.http(url, { deadline, changedFrom: seen });
  } catch (error) {
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
  }
  const said = seen === undefined ? "no answer in time" : saidBy(seen);
  return {
    isHealthy: isOk(seen),
    isStarved: !isOk(seen) && deadline.wasStarved(),
    lastSeen: `GET ${url}: ${said}`,
  };
};

/** Restarts a unit that the kubelet is, or needs, and waits until the kubelet is healthy. */
export const healthAfterRestart = async (
  agent: AgentClient,
  restarted: string,
  unit: string,
  deadline: WatchedDeadline,
): Promise<Health> => {
  const result = await agent
    .controlUnit(restarted, "restart", { deadline })
    .catch((error: unknown) => {
      if (errorCodeOf(error) !== "TIMEOUT") throw error;
      return undefined;
    });
  if (result === "done")
    return await waitForHealth(agent, unit, expectedKubelet().healthPort, deadline);
  const isStarved = result === undefined && deadline.wasStarved();
  const how = result ?? "not over in time";
  return { isHealthy: false, isStarved, lastSeen: `the restart of ${restarted}: ${how}` };
};

/** How often systemd may start a unit again before it counts as one that does not come up. */
const maxRestarts = 3;
const lookAtRestartsMs = 10_000;

/** Undefined when the unit is up. */
const whyDown = async (
  agent: AgentClient,
  unit: string,
  deadline: Deadline,
): Promise<{ readonly reason: string; readonly isLate: boolean } | undefined> => {
  const broken = (why: string) => ({ reason: why, isLate: false });
  for (;;) {
    const slot = deadlineAfter(Math.min(lookAtRestartsMs, deadline.remainingMs()));
    const { isActive, reason } = await agent.waitForUnitUntil(unit, slot);
    if (isActive) return undefined;
    const { restarts, subState, activeState, hasJob } = await agent.unit(unit);
    if (restarts >= maxRestarts)
      return broken(`systemd started it ${restarts} times again, in vain`);
    if (activeState !== "activating" && !hasJob) return broken(reason);
    if (deadline.remainingMs() === 0)
      return { reason: `${activeState} (${subState}) when the time was over`, isLate: true };
  }
};

/** A kubelet answers `ok`: it is 200 and one word on each release. */
const isOk = (seen: HttpOutcome | undefined): boolean =>
  seen?.kind === "answered" && seen.status === 200 && String(seen.body).trim() === "ok";

export const saidBy = (seen: HttpOutcome): string =>
  seen.kind === "answered"
    ? `${seen.status} ${String(seen.body.subarray(0, 200)).trim()}`
    : `no answer: ${seen.reason}`;
