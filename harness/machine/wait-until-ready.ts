import type { AgentClient } from "../agent/agent-client.ts";
import type { UnitWait } from "../agent/answers.ts";
import { type Deadline, formatSeconds } from "../core/deadline.ts";
import { errorCodeOf, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { ClockAlignment, GuestTimes } from "../timeline/build-timeline.ts";
import type { BootFailure } from "../verdict/boot-failure.ts";
import { readGuestTimes } from "./guest-times.ts";
import { outsideReady } from "./outside-ready.ts";
import type { RunningMachine } from "./running-machine.ts";

export type Readiness =
  | {
      readonly kind: "ready";
      readonly agent: AgentClient | undefined;
      readonly guest?: { readonly times: GuestTimes; readonly clock: ClockAlignment };
    }
  | { readonly kind: "failed"; readonly failure: BootFailure };

/** Waits until the manifest's ready witness, the first failure, or the deadline, whichever comes first. */
export const waitUntilReady = async (
  machine: RunningMachine,
  deadline: Deadline,
): Promise<Readiness> => {
  const failed = machine.watch.failed.then((failure): Readiness => ({ kind: "failed", failure }));
  try {
    const readiness = await Promise.race([failed, ready(machine, deadline)]);
    // A guest that fails in the moment of becoming ready has failed.
    const failure = machine.watch.failure();
    return failure === undefined ? readiness : { kind: "failed", failure };
  } catch (error) {
    if (errorCodeOf(error) === "ABORTED") throw error;
    const late = machine.watch.failure() ?? lateFailure(machine, error, deadline);
    return { kind: "failed", failure: late };
  }
};

const ready = async (machine: RunningMachine, deadline: Deadline): Promise<Readiness> => {
  const { manifest, agent: agentPlan } = machine.plan;
  const { link } = machine;
  if (link === undefined) {
    const reason = agentPlan.kind === "none" ? agentPlan.reason : "no agent port";
    await outsideReady(machine, deadline, reason);
    return { kind: "ready", agent: undefined };
  }
  const session = link.waitForSession(deadline);
  const isOptional = manifest.source.kind === "file";
  const agent = isOptional
    ? await Promise.race([
        session,
        outsideReady(machine, deadline, "the guest took no agent").then(() => undefined),
      ])
    : await session;
  if (agent === undefined) {
    session.catch(() => undefined);
    return { kind: "ready", agent: undefined };
  }
  const unit = manifest.ready.kind === "unit" ? manifest.ready.unit : undefined;
  if (unit !== undefined) {
    const waited = await agent.waitForUnit(unit, { deadline });
    if (!waited.isActive) return { kind: "failed", failure: failedUnit(machine, unit, waited) };
  }
  if (manifest.ready.kind === "console") await outsideReady(machine, deadline, "console text");
  const guest = await readGuestTimes(machine, agent, unit);
  return { kind: "ready", agent, ...(guest === undefined ? {} : { guest }) };
};

const failedUnit = (machine: RunningMachine, unit: string, waited: UnitWait): BootFailure => {
  const { activeState, subState, result } = waited.unit;
  const seen = `${activeState} (${subState}, result ${result}): ${waited.reason}`;
  return {
    kind: "failed-unit",
    reason: printable(`Unit ${unit} should become active, but is ${seen}`, 1000),
    witness: "agent",
    context: machine.engine.lastLines(20),
  };
};

// A unit that failed is the image's fault and is told by the agent; everything else that was too late is named by how
// far the boot came.
const lateFailure = (machine: RunningMachine, error: unknown, deadline: Deadline): BootFailure => {
  const context = machine.engine.lastLines(20);
  const code = errorCodeOf(error);
  const reason = printable(renderError(error), 1000);
  if (code === "AGENT_REQUEST") return { kind: "failed-unit", reason, witness: "agent", context };
  if (code === "AGENT_LOST" || code === "PROTOCOL") {
    return { kind: "no-agent", reason, witness: "agent", context };
  }
  if (code !== "TIMEOUT") throw error;
  const waited = formatSeconds(deadline.timeoutMs);
  const last = context.at(-1);
  const seen = last === undefined ? "the console stayed silent" : `last console line: ${last}`;
  if (machine.engine.phase === "userspace" && machine.link !== undefined) {
    const kind = reason.includes("did not become") ? "timeout" : "no-agent";
    return { kind, reason: `${reason}; ${seen}`, witness: "agent", context };
  }
  return {
    kind: last === undefined ? "hang" : "timeout",
    reason: `Not ready within ${waited} of power-on, phase ${machine.engine.phase ?? "firmware"}; ${seen}`,
    witness: "clock",
    context,
  };
};
