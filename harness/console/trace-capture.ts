import { printable } from "../core/printable.ts";
import type { TraceEvent } from "./console-event.ts";
import type { PatternId } from "./patterns.ts";

/** Gathers the lines that follow a match and belong to it. */
export interface TraceCapture {
  readonly pattern: PatternId;
  /** Takes one line; true when it was the last that will be taken. */
  take(text: string, message: string): boolean;
  isOverdue(atMs: number): boolean;
  close(atMs: number): TraceEvent;
}

const maxTraceLines = 100;
/** Counted from the match: a chatty console must not keep a verdict waiting. */
const maxTraceMs = 2000;

export const createTraceCapture = (
  match: {
    readonly pattern: PatternId;
    readonly boot: number;
    readonly line: number;
    readonly atMs: number;
  },
  end: RegExp,
): TraceCapture => {
  const { pattern, boot, line } = match;
  const lines: string[] = [];
  let isComplete = false;
  return {
    pattern,
    take: (text, message) => {
      lines.push(printable(text));
      isComplete = end.test(message);
      return isComplete || lines.length >= maxTraceLines;
    },
    isOverdue: (atMs) => atMs - match.atMs >= maxTraceMs,
    close: (atMs) => ({ kind: "trace", boot, pattern, line, lines, isComplete, atMs }),
  };
};
