import type { Clock } from "../../core/clock.ts";
import type { RunEvent } from "../../results/run-event.ts";
import { nextStatus, type Status, toStatusLine } from "./status-line.ts";
import { toTerminalLine } from "./terminal-line.ts";

export interface TerminalProgressOptions {
  readonly columns: () => number;
  readonly write: (text: string) => void;
  readonly clock: Clock;
  readonly colour: boolean;
}

export interface TerminalProgress extends Disposable {
  onEvent(event: RunEvent): void;
}

const shortestRedrawMs = 100;
const tickMs = 1000;
const eraseLine = "\r\u001b[2K";

/** A line for each result, and under them one live line: drawn at most ten times a second, at least once. */
export const createTerminalProgress = (options: TerminalProgressOptions): TerminalProgress => {
  const { clock, write } = options;
  let status: Status = { checksDone: 0, running: [] };
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  let hasEnded = false;
  let cancelTimer = (): void => {};

  const drawAfter = (delayMs: number): void => {
    cancelTimer();
    cancelTimer = clock.after(delayMs, draw);
  };
  const draw = (): void => {
    drawnAtMs = clock.nowMs();
    write(`${eraseLine}${toStatusLine(status, drawnAtMs, options.columns())}`);
    isShown = true;
    drawAfter(tickMs);
  };
  const erase = (): void => {
    if (isShown) write(eraseLine);
    isShown = false;
  };
  const end = (): void => {
    hasEnded = true;
    cancelTimer();
    erase();
  };

  return {
    onEvent: (event) => {
      if (hasEnded) return;
      status = nextStatus(status, event, clock.nowMs());
      const line = toTerminalLine(event, options.colour);
      if (line !== undefined) {
        erase();
        write(`${line}\n`);
      }
      if (event.kind === "run-finished" || event.kind === "run-interrupted") return end();
      const waitMs = drawnAtMs + shortestRedrawMs - clock.nowMs();
      if (waitMs <= 0) draw();
      else drawAfter(waitMs);
    },
    [Symbol.dispose]: end,
  };
};
