import type { LineSource } from "./classify.ts";
import type { ConsolePhase } from "./console-phase.ts";
import type { Gravity } from "./failure-pattern.ts";
import type { IgnoreRule } from "./ignore-rule.ts";
import type { PatternId } from "./patterns.ts";

export type ConsoleEvent = PhaseEvent | MatchEvent | TraceEvent | RebootEvent;

interface Where {
  /** 1 for the first boot on this console; a reboot begins the next. */
  readonly boot: number;
  /** 1-based line of console.log. */
  readonly line: number;
  /** Host time. */
  readonly atMs: number;
}

/** The boot has reached a phase. `atMs` is when the first byte of the telling line came. */
export interface PhaseEvent extends Where {
  readonly kind: "phase";
  readonly phase: ConsolePhase;
  readonly text: string;
  readonly kernelTimeS: number | undefined;
}

/** A line fits a row of the pattern table. `atMs` is when its proving byte came. */
export type MatchEvent = Where &
  Gravity & {
    readonly kind: "match";
    readonly pattern: PatternId;
    readonly title: string;
    readonly text: string;
    readonly source: LineSource;
    readonly phase: ConsolePhase;
    readonly kernelTimeS: number | undefined;
    /** Up to five printable lines before it, oldest first. */
    readonly before: readonly string[];
    /** The line had no line feed when the console fell silent: the guest died in the middle of it, or it is a prompt. */
    readonly isPartial: boolean;
    /**
     * Fatal, but a program was already running and could have printed just this. Believe it when something else agrees:
     * GUEST_PANICKED from QMP for a panic, no further progress for the others.
     */
    readonly needsSecondWitness: boolean;
    /** A TraceEvent will follow. Judge an oops only then: an emulator-fault match within its trace outranks it. */
    readonly hasTrace: boolean;
    /** The match is a known defect and does not count. */
    readonly ignored: IgnoreRule | undefined;
  };

/** The lines that belong to an earlier match (call trace, registers); always follows a match with `hasTrace`. */
export interface TraceEvent {
  readonly kind: "trace";
  readonly boot: number;
  /** The match it belongs to: its pattern and line. */
  readonly pattern: PatternId;
  readonly line: number;
  /** Printable. */
  readonly lines: readonly string[];
  /** The closing line came; else silence, the limits, another failure or the end of the console cut it short. */
  readonly isComplete: boolean;
  readonly atMs: number;
}

/** An earlier stage of boot began again. `boot` is the number of the boot that begins. */
export interface RebootEvent extends Where {
  readonly kind: "reboot";
  readonly text: string;
  /** `expectReboot()` had announced it. */
  readonly isExpected: boolean;
  /** A program that prints an old kernel log fakes a kernel banner: believe it when QMP saw a RESET. */
  readonly banner: "firmware" | "loader" | "kernel";
}
