import type { AgentClient } from "../agent/agent-client.ts";
import type { UnitWait } from "../agent/answers.ts";
import type { Deadline } from "../core/deadline.ts";
import { errorCodeOf, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { ClockAlignment, GuestTimes } from "../timeline/build-timeline.ts";
import { askGuest } from "./ask-guest.ts";
import { readGuestTimes } from "./guest-times.ts";
import { type LateMachine, lateFailure } from "./late-failure.ts";
import type { MachineFailure } from "./machine-failure.ts";
import { outsideReady } from "./outside-ready.ts";
import type { RunningMachine } from "./running-machine.ts";

export type Readiness =
  | {
      readonly kind: "ready";
      readonly agent: AgentClient | undefined;
      readonly guest?: { readonly times: GuestTimes; readonly clock: ClockAlignment };
    }
  | { readonly kind: "failed"; readonly failure: MachineFailure };

/** Waits until the manifest's ready witness, the first failure, or the deadline, whichever comes first. */
export const waitUntilReady = async (
  machine: RunningMachine,
  deadline: Deadline,
): Promise<Readiness> => {
  const decided = new AbortController();
  const failed = machine.watch.failed.then((failure): Readiness => ({ kind: "failed", failure }));
  try {
    const readiness = await Promise.race([failed, ready(machine, until(decided, deadline))]);
    // A guest that fails in the moment of becoming ready has failed.
    const failure = machine.watch.failure();
    return failure === undefined ? readiness : { kind: "failed", failure };
  } catch (error) {
    if (errorCodeOf(error) === "ABORTED") throw error;
    // An agent that is lost may be the first sign of a machine that failed.
    const failure = (await machine.settledFailure()) ?? failureOfError(machine, error, deadline);
    return { kind: "failed", failure };
  } finally {
    decided.abort();
  }
};

/** Whoever still waits when the matter is decided would keep this process alive until the deadline. */
const until = ({ signal }: AbortController, deadline: Deadline): Deadline => ({
  ...deadline,
  signal: deadline.signal === undefined ? signal : AbortSignal.any([deadline.signal, signal]),
});

const ready = async (machine: RunningMachine, deadline: Deadline): Promise<Readiness> => {
  const { manifest, agent: agentPlan } = machine.plan;
  const { link } = machine;
  if (link === undefined) {
    const reason = agentPlan.kind === "none" ? agentPlan.reason : "no agent port";
    await outsideReady(machine, deadline, reason);
    return { kind: "ready", agent: undefined };
  }
  const session = link.waitForSession(deadline);
  // Nobody else can see a unit.
  const isOptional = manifest.source.kind === "file" && manifest.ready.kind !== "unit";
  const agent = isOptional
    ? await Promise.race([
        session,
        outsideReady(machine, deadline, "the guest took no agent").then(() => undefined),
      ])
    : await session;
  if (agent === undefined) {
    return { kind: "ready", agent: undefined };
  }
  machine.agent = agent;
  await machine.watch.guestSpeaks(askGuest(agent));
  const unit = manifest.ready.kind === "unit" ? manifest.ready.unit : undefined;
  if (unit !== undefined) {
    const waited = await agent.waitForUnit(unit, { deadline });
    if (!waited.isActive) return { kind: "failed", failure: failedUnit(machine, unit, waited) };
  }
  if (manifest.ready.kind === "console") await outsideReady(machine, deadline, "console text");
  const guest = await readGuestTimes(machine, agent, unit);
  return { kind: "ready", agent, ...(guest === undefined ? {} : { guest }) };
};

const failedUnit = (machine: RunningMachine, unit: string, waited: UnitWait): MachineFailure => {
  const { activeState, subState, result } = waited.unit;
  const seen = `${activeState} (${subState}, result ${result}): ${waited.reason}`;
  return {
    kind: "failed-unit",
    reason: printable(`Unit ${unit} should become active, but is ${seen}`, 1000),
    witness: "agent",
    context: machine.engine.lastLines(20),
  };
};

const failureOfError = (
  machine: RunningMachine,
  error: unknown,
  deadline: Deadline,
): MachineFailure => {
  const lastLines = machine.engine.lastLines(20);
  const reason = printable(renderError(error), 1000);
  const seen = { reason, witness: "agent", context: lastLines } as const;
  switch (errorCodeOf(error)) {
    case "AGENT_REQUEST":
      return { kind: "failed-unit", ...seen };
    case "AGENT_LOST":
    case "PROTOCOL":
      return { kind: "no-agent", ...seen };
    case "TIMEOUT":
      return lateFailure({
        timeoutMs: deadline.timeoutMs,
        phase: machine.engine.phase,
        silentMs: machine.silentMs(),
        agent: agentState(machine),
        waitedFor: reason,
        lastLines,
        symptom: machine.watch.symptom(),
      });
    default:
      throw error;
  }
};

const agentState = ({ agent, plan, engine, link }: RunningMachine): LateMachine["agent"] => {
  if (agent !== undefined) return "answered";
  if (link === undefined) return "none";
  const isBuiltin = plan.agent.kind === "builtin" && engine.phase === "initrd";
  return isBuiltin || engine.phase === "userspace" ? "expected" : "not-yet";
};
