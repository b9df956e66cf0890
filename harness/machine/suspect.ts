import type { MatchEvent, TraceEvent } from "../console/console-event.ts";
import { printable } from "../core/printable.ts";
import type { BootFailureKind } from "../verdict/boot-failure.ts";
import type { MachineFailure } from "./machine-failure.ts";

/** A fatal console line that is not judged yet. */
export interface Suspect {
  /** What is reported. */
  readonly cause: MatchEvent;
  /** What proves it: the cause itself, or the oops or panic that shows it or came of it. */
  readonly proof: MatchEvent;
  /** The lines that belong to `proof`, once they are complete or cut short. */
  readonly trace: TraceEvent | undefined;
}

/** A panic this close behind the emulator's fault is its consequence. */
const consequenceLines = 200;
const contextLines = 60;

/** The suspect after one more fatal line. An emulator's fault outranks the oops it stands in and the panic it makes. */
export const withMatch = (suspect: Suspect | undefined, match: MatchEvent): Suspect => {
  const fresh = { cause: match, proof: match, trace: undefined };
  if (suspect === undefined) return fresh;
  const { cause, proof } = suspect;
  const isNear = match.boot === cause.boot && match.line - cause.line <= consequenceLines;
  if (isNear && match.pattern === "emulator-eflags" && isOfKernel(suspect)) {
    return { ...suspect, cause: match };
  }
  if (isNear && isConsequence(match, cause)) return { cause, proof: match, trace: undefined };
  // The first of a row of prompts and complaints says most.
  const isMoreOfTheSame = !match.hasTrace && failureOf(match) === failureOf(proof);
  return isMoreOfTheSame ? suspect : fresh;
};

/** A kernel that dies of it tells the panic device and resets without a word. */
export const isOfKernel = ({ proof }: Suspect): boolean => {
  const kind = failureOf(proof);
  return kind === "panic" || kind === "oops" || kind === "emulator-fault";
};

/** The taxonomy's word for a match; a warning has none. */
export const failureOf = (match: MatchEvent): BootFailureKind | undefined =>
  match.severity === "warning" ? undefined : match.failure;

export const consoleFailure = ({ cause, proof, trace }: Suspect): MachineFailure => {
  const told = [...new Set([proof.text, ...(trace?.lines ?? []), cause.text])];
  return {
    kind: failureOf(cause) ?? "hang",
    reason: printable(`${cause.title}: ${cause.text}`, 500),
    witness: "console",
    line: cause.line,
    pattern: cause.pattern,
    phase: cause.phase,
    context: [...proof.before, ...told].slice(0, contextLines).map((line) => printable(line, 1000)),
  };
};

// Any program may complain about its CPU; PID 1 that does so ends, and the kernel with it.
const isConsequence = (match: MatchEvent, cause: MatchEvent): boolean =>
  failureOf(cause) === "emulator-fault" &&
  failureOf(match) === "panic" &&
  (cause.pattern !== "cpu-model" || match.pattern === "init-died");
