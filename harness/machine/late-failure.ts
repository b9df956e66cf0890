import type { ConsolePhase } from "../console/console-phase.ts";
import { formatSeconds } from "../core/deadline.ts";
import type { MachineFailure } from "./machine-failure.ts";

/** What is known of a machine that was not ready in time. */
export interface LateMachine {
  /** Of the whole boot. */
  readonly timeoutMs: number;
  /** Undefined while the console was silent. */
  readonly phase: ConsolePhase | undefined;
  /** Since the console's last byte. */
  readonly silentMs: number;
  /** `expected`: its program should have been running by then. */
  readonly agent: "none" | "not-yet" | "expected" | "answered";
  /** What was waited for, and what was last seen of it. */
  readonly waitedFor: string;
  readonly lastLines: readonly string[];
  /** A failure that the console told and nothing proved. */
  readonly symptom: MachineFailure | undefined;
}

/** A guest that has not printed for this share of its time, and is not ready, waits for something for ever. */
const hangShare = 0.25;

/** Names a failure that only the clock saw by how far the boot came. */
export const lateFailure = (machine: LateMachine): MachineFailure => {
  const { phase, lastLines, symptom } = machine;
  const last = lastLines.at(-1);
  const seen =
    last === undefined
      ? "the console stayed silent"
      : `last console line (${formatSeconds(machine.silentMs)} before): ${last}`;
  const earlier =
    symptom === undefined
      ? ""
      : `; earlier, line ${symptom.line}: ${symptom.kind}: ${symptom.reason}`;
  return {
    kind: kindOf(machine),
    reason: `Not ready within ${formatSeconds(machine.timeoutMs)} of power-on, phase ${phase ?? "firmware"}: ${machine.waitedFor}; ${seen}${earlier}`,
    witness: machine.agent === "expected" || machine.agent === "answered" ? "agent" : "clock",
    context: lastLines,
    ...(symptom?.kind === "hang" && symptom.pattern ? { pattern: symptom.pattern } : {}),
  };
};

const kindOf = (machine: LateMachine): "no-agent" | "hang" | "timeout" => {
  if (machine.agent === "expected") return "no-agent";
  if (machine.agent === "answered") return "timeout";
  return machine.silentMs >= machine.timeoutMs * hangShare ? "hang" : "timeout";
};
