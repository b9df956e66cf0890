import type { LineSource } from "./classify.ts";

/** The boot failures that a console line can prove: spelt as in the closed list of the verdict. */
const consoleFailureKinds = [
  "panic",
  "oops",
  "emergency-shell",
  "failed-unit",
  "hang",
  "watchdog",
  "emulator-fault",
] as const;
export type ConsoleFailureKind = (typeof consoleFailureKinds)[number];

/**
 * How bad a match is.
 * - `fatal`    this boot will not become good
 * - `error`    the image did something wrong, the boot may go on; `failure` names it where the taxonomy has a word
 * - `warning`  worth a line in the report
 */
export type Gravity =
  | { readonly severity: "fatal"; readonly failure: ConsoleFailureKind }
  | { readonly severity: "error"; readonly failure?: ConsoleFailureKind }
  | { readonly severity: "warning" };

export interface FailurePattern {
  readonly gravity: Gravity;
  readonly title: string;
  /** Lines of other writers are never tried. */
  readonly sources: readonly LineSource[];
  /** How a message that `regex` matches can begin. Firmware and loader rows need none: all their lines are tried. */
  readonly starts: readonly string[];
  /** For messages with a free beginning: text that stands anywhere in them. */
  readonly anywhere?: readonly string[];
  /** Tried on the message, which is the line without the kernel's time stamp. Linear time: the guest chooses the text. */
  readonly regex: RegExp;
  /** The lines after the match belong to it, up to and including the one that matches. */
  readonly traceEnd?: RegExp;
  /** Where the text comes from, and what it must not be taken for. */
  readonly note: string;
}

export const fatal = (failure: ConsoleFailureKind): Gravity => ({ severity: "fatal", failure });
export const error = (failure?: ConsoleFailureKind): Gravity =>
  failure === undefined ? { severity: "error" } : { severity: "error", failure };
export const warning: Gravity = { severity: "warning" };

export const fromKernel: readonly LineSource[] = ["kernel"];
export const fromBootFirmware: readonly LineSource[] = ["firmware", "loader"];
/** `quiet` hides the kernel lines that tell when userspace begins, so early programs can look like the kernel. */
export const fromPrograms: readonly LineSource[] = ["kernel", "initrd-userspace", "userspace"];
