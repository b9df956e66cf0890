import { formatSeconds } from "../../core/deadline.ts";
import { printable } from "../../core/printable.ts";
import type { RunEvent } from "../../results/run-event.ts";

/** The line of an event in a pipe or a log file; undefined for events that only a live display needs. */
export const toPlainLine = (event: RunEvent): string | undefined => {
  switch (event.kind) {
    case "run-started": {
      const planned = event.checksPlanned === undefined ? "" : `: ${event.checksPlanned} checks`;
      return `run ${printable(event.image)}${planned}`;
    }
    case "boot-started":
      return `boot ${event.boot} ${printable(event.configuration)} started`;
    case "phase-entered":
      return `boot ${event.boot} ${event.phase}`;
    case "boot-finished": {
      const { id, configuration, state, durationMs, failure } = event.boot;
      const why =
        failure === undefined ? "" : `: ${failure.kind}: ${printable(failure.reason, 300)}`;
      return `boot ${id} ${printable(configuration)} ${state} (${formatSeconds(durationMs)})${why}`;
    }
    case "check-started":
      return undefined;
    case "check-finished": {
      const { id, state, durationMs, reason } = event.check;
      const why = reason === undefined ? "" : `: ${printable(reason, 300)}`;
      return `${state.padEnd(12)} ${id} (${formatSeconds(durationMs)})${why}`;
    }
    case "note":
      return `${event.level}: ${printable(event.text)}`;
    case "run-finished":
      return `run finished: ${event.verdict}`;
    case "run-interrupted":
      return `run interrupted: ${printable(event.reason, 300)}`;
  }
};
