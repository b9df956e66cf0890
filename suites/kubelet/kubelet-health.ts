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
  /** Only its time was over, ours or systemd's, and the machine was starved in it. */
  readonly isStarved: boolean;
  /** In words, as in `200 ok`. */
  readonly lastSeen: string;
}

type Asked = Pick<AgentClient, "http" | "unit" | "waitForUnitUntil">;

/** Waits until /healthz says ok; earlier over when the unit is not up and will not come up by itself. */
export const waitForHealth = async (
  agent: Asked,
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
  agent: Pick<AgentClient, "controlUnit"> & Asked,
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
  // systemd has times of its own for a start; its job has `failed` then, and the unit says why.
  const isLate =
    isTimedOut(result ?? "timeout") || isTimedOut((await agent.unit(restarted)).result);
  const isStarved = isLate && deadline.wasStarved();
  const how = result ?? "not over in time";
  return { isHealthy: false, isStarved, lastSeen: `the restart of ${restarted}: ${how}` };
};

/** How often systemd may start a unit again before it counts as one that does not come up. */
const maxRestarts = 3;
const lookAtRestartsMs = 10_000;

/** Whether systemd's own time for it was over, by the result of its job or of the unit. */
const isTimedOut = (result: string): boolean => result === "timeout";

/** Undefined when the unit is up. */
const whyDown = async (
  agent: Asked,
  unit: string,
  deadline: Deadline,
): Promise<{ readonly reason: string; readonly isLate: boolean } | undefined> => {
  for (;;) {
    const slot = deadlineAfter(Math.min(lookAtRestartsMs, deadline.remainingMs()));
    const { isActive, reason } = await agent.waitForUnitUntil(unit, slot);
    if (isActive) return undefined;
    const { restarts, subState, activeState, hasJob, result } = await agent.unit(unit);
    if (activeState === "active" && !hasJob) return undefined; // since the slot was over
    const isLate = isTimedOut(result);
    if (restarts >= maxRestarts)
      return { reason: `systemd started it ${restarts} times again, in vain`, isLate };
    if (activeState !== "activating" && !hasJob) return { reason, isLate };
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
