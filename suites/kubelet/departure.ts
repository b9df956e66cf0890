import { type AgentClient, deadlineAfter, errorCodeOf } from "../../harness/index.ts";
import { FollowedJournal, hasJournal } from "./kubelet-journal.ts";
import { type Pod, statusOf } from "./kubelet-server.ts";
import { reports } from "./pods.ts";
import { logindDropIn } from "./reconfigured-kubelet.ts";
import { readText, type StandaloneNode } from "./standalone-node.ts";

/** What became of a pod when the machine was told to power off, while it could still be asked. */
export interface Departure {
  readonly pod: Pod | undefined;
  readonly report: string;
  /** What the kubelet wrote of it. */
  readonly journal: readonly string[];
}

const inhibit = "/usr/bin/systemd-inhibit";
const startSeconds = 60;
const waitSeconds = 25;

/**
 * Powers the machine off through logind, with a delay lock of our own beside the kubelet's: what comes after the kubelet's
 * lock is given back waits for ours too, and can be looked at.
 */
export const powerOffAround = async (
  { agent, unit, waits }: StandaloneNode,
  powerOff: () => Promise<unknown>,
): Promise<Departure> => {
  await agent.remove(logindDropIn);
  const lock = (await agent.exists(inhibit))
    ? [inhibit, "--what=shutdown", "--mode=delay", "--who=bootwright", "--why=to look"]
    : [];
  // After a restart of what runs it, it may wait until it is started again.
  await waits.pods(
    "departing-again",
    (seen) => statusOf(seen.get("departing"), "main")?.state.running !== undefined,
    waits.within(startSeconds),
  );
  const journal = (await hasJournal(agent)) ? new FollowedJournal(agent, unit, lock) : undefined;
  let off: Promise<unknown> | undefined;
  try {
    await journal?.isReading(deadlineAfter(20_000));
    off = powerOff();
    off.catch(() => undefined); // told below, when what can be seen was seen
    const isOver = (seen: Pod | undefined): boolean =>
      statusOf(seen, "main")?.state.terminated !== undefined;
    const pods = await waits.pods(
      "departed",
      (seen) => isOver(seen.get("departing")),
      waits.within(waitSeconds),
    );
    return {
      pod: pods.get("departing"),
      report: await reportUnlessGone(agent),
      journal: (journal?.lines ?? []).filter((line) => /shutdown/i.test(line)).slice(0, 20),
    };
  } finally {
    await journal?.[Symbol.asyncDispose]();
    await off;
  }
};

/** A machine that has gone has shown nothing more. */
const reportUnlessGone = async (agent: AgentClient): Promise<string> => {
  try {
    return (await readText(agent, `${reports}/departing`)) ?? "";
  } catch (error) {
    if (!["AGENT_LOST", "TIMEOUT"].includes(errorCodeOf(error) ?? "")) throw error;
    return "";
  }
};
