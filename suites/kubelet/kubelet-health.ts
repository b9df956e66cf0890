import {
  type AgentClient,
  type Deadline,
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
  const { isActive, reason } = await agent.waitForUnitUntil(unit, deadline);
  if (!isActive) return { isHealthy: false, lastSeen: `${unit}: ${reason}` };
  const url = `http://127.0.0.1:${port}/healthz`;
  let seen = await agent.http(url, { deadline });
  try {
    while (!isOk(seen)) seen = await agent.http(url, { deadline, changedFrom: seen });
  } catch (error) {
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
  }
  return { isHealthy: isOk(seen), lastSeen: `GET ${url}: ${saidBy(seen)}` };
};

/** A kubelet answers `ok`: it is 200 and one word on each release. */
export const isOk = (seen: HttpOutcome): boolean =>
  seen.kind === "answered" && seen.status === 200 && String(seen.body).trim() === "ok";

export const saidBy = (seen: HttpOutcome): string =>
  seen.kind === "answered"
    ? `${seen.status} ${String(seen.body.subarray(0, 200)).trim()}`
    : `no answer: ${seen.reason}`;
