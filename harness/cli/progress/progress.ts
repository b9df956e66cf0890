import type { Clock } from "../../core/clock.ts";
import type { RunEvent } from "../../results/run-event.ts";
import { toPlainLine } from "./plain-line.ts";
import { createTerminalProgress } from "./terminal-progress.ts";

export interface ProgressOptions {
  readonly isTty: boolean;
  /** Asked at each drawing: terminals are resized. */
  readonly columns: () => number;
  readonly write: (text: string) => void;
  readonly clock: Clock;
  /** Honoured on a terminal only. */
  readonly colour: boolean;
}

export interface Progress extends Disposable {
  onEvent(event: RunEvent): void;
}

/** Shows run events as they come: a live status line on a terminal, plain lines without escapes in a pipe. */
export const createProgress = (options: ProgressOptions): Progress => {
  if (options.isTty) return createTerminalProgress(options);
  return {
    onEvent: (event) => {
      const line = toPlainLine(event);
      if (line !== undefined) options.write(`${line}\n`);
    },
    [Symbol.dispose]: () => {},
  };
};
