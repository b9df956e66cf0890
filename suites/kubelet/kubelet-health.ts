import {
  type AgentClient,
  type Deadline,
  deadlineAfter,
  errorCodeOf,
  type HttpOutcome,
} from "../../harness/index.ts";

/** What a kubelet said of its health in the end. */
export interface Health {
  readonly isHealthy: boolean;
  /** In words, as in `200 ok`. */
  readonly lastSeen: string;
}

/** Waits until /healthz says ok; earlier over when the unit is not up and will not come up by itself. */
export const waitForHealth = async (
  agent: AgentClient,
  unit: string,
  port: number,
  deadline: Deadline,
): Promise<Health> => {
  const down = await whyDown(agent, unit, deadline);
  if (down !== undefined) return { isHealthy: false, lastSeen: `${unit}: ${down}` };
  const url = `http://127.0.0.1:${port}/healthz`;
  let seen = await agent.http(url, { deadline });
  try {
    while (!isOk(seen)) seen = await agent.http(url, { deadline, changedFrom: seen });
  } catch (error) {
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
  }
  return { isHealthy: isOk(seen), lastSeen: `GET ${url}: ${saidBy(seen)}` };
};

/** How often systemd may start a unit again before it counts as one that does not come up. */
const maxRestarts = 3;
const lookAtRestartsMs = 10_000;

/** Undefined when the unit is up. */
const whyDown = async (
  agent: AgentClient,
  unit: string,
  deadline: Deadline,
): Promise<string | undefined> => {
  for (;;) {
    const slot = deadlineAfter(Math.min(lookAtRestartsMs, deadline.remainingMs()));
    const { isActive, reason } = await agent.waitForUnitUntil(unit, slot);
    if (isActive) return undefined;
    const { restarts, subState, activeState, hasJob } = await agent.unit(unit);
    if (restarts >= maxRestarts) return `systemd started it ${restarts} times again, in vain`;
    if (activeState !== "activating" && !hasJob) return reason;
    if (deadline.remainingMs() === 0) return `${activeState} (${subState}) when the time was over`;
  }
};

/** A kubelet answers `ok`: it is 200 and one word on each release. */
const isOk = (seen: HttpOutcome): boolean =>
  seen.kind === "answered" && seen.status === 200 && String(seen.body).trim() === "ok";

export const saidBy = (seen: HttpOutcome): string =>
  seen.kind === "answered"
    ? `${seen.status} ${String(seen.body.subarray(0, 200)).trim()}`
    : `no answer: ${seen.reason}`;
