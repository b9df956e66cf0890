import { formatSeconds } from "../../core/deadline.ts";
import { printable } from "../../core/printable.ts";
import type { RunEvent } from "../../results/run-event.ts";
import type { State } from "../../verdict/state.ts";
import { toPlainLine } from "./plain-line.ts";

const marks: Readonly<Record<State, { readonly sign: string; readonly colour: number }>> = {
  pass: { sign: "✓", colour: 32 },
  fail: { sign: "✗", colour: 31 },
  error: { sign: "!", colour: 31 },
  inconclusive: { sign: "?", colour: 33 },
  skip: { sign: "-", colour: 36 },
  unsupported: { sign: "-", colour: 36 },
};

/** The line that stays on the terminal after an event; undefined where the live line says enough. */
export const toTerminalLine = (event: RunEvent, hasColour: boolean): string | undefined => {
  switch (event.kind) {
    case "boot-finished": {
      const { id, configuration, state, durationMs, failure } = event.boot;
      const title = `boot ${id} ${printable(configuration)}`;
      const why = failure && `${failure.kind}: ${failure.reason}`;
      return resultLine(state, title, durationMs, why, hasColour);
    }
    case "check-finished": {
      const { id, state, durationMs, reason } = event.check;
      return resultLine(state, id, durationMs, reason, hasColour);
    }
    case "run-started":
    case "note":
    case "run-interrupted":
      return toPlainLine(event);
    case "boot-started":
    case "phase-entered":
    case "check-started":
    // The summary follows.
    case "run-finished":
      return undefined;
  }
};

const resultLine = (
  state: State,
  title: string,
  durationMs: number,
  reason: string | undefined,
  hasColour: boolean,
): string => {
  const { sign, colour } = marks[state];
  const mark = hasColour ? `\u001b[${colour}m${sign}\u001b[0m` : sign;
  const word = state === "pass" || state === "fail" ? "" : ` ${state}`;
  const why = reason === undefined ? "" : `: ${printable(reason, 300)}`;
  return `${mark} ${title} (${formatSeconds(durationMs)})${word}${why}`;
};
