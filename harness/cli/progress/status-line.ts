import { formatSeconds } from "../../core/deadline.ts";
import { printable } from "../../core/printable.ts";
import type { RunEvent } from "../../results/run-event.ts";

/** What the live line shows. */
export interface Status {
  readonly checksDone: number;
  readonly checksPlanned?: number;
  readonly activity?: {
    readonly name: string;
    readonly sinceMs: number;
    readonly budgetMs?: number;
  };
  readonly lastCheck?: string;
}

export const nextStatus = (status: Status, event: RunEvent, nowMs: number): Status => {
  const doing = (name: string, budgetMs: number | undefined): Status => ({
    ...status,
    activity: { name, sinceMs: nowMs, ...(budgetMs === undefined ? {} : { budgetMs }) },
  });
  switch (event.kind) {
    case "run-started":
      return event.checksPlanned === undefined
        ? status
        : { ...status, checksPlanned: event.checksPlanned };
    case "boot-started":
      return doing(`boot ${event.boot} ${event.configuration}`, event.budgetMs);
    case "phase-entered":
      return doing(`boot ${event.boot} ${event.phase}`, event.budgetMs);
    case "check-started":
      return doing(event.id, event.budgetMs);
    case "boot-finished":
      return idle(status);
    case "check-finished":
      return { ...idle(status), checksDone: status.checksDone + 1, lastCheck: event.check.id };
    case "note":
    case "run-finished":
    case "run-interrupted":
      return status;
  }
};

const idle = ({ activity: _, ...rest }: Status): Status => rest;

/** One line of at most `columns` - 1 characters, so that no terminal wraps it. */
export const toStatusLine = (status: Status, nowMs: number, columns: number): string => {
  const { activity, checksDone, checksPlanned, lastCheck } = status;
  const parts = [
    `[${checksDone}${checksPlanned === undefined ? "" : `/${checksPlanned}`}]`,
    ...(activity === undefined ? [] : [activity.name, elapsed(activity, nowMs)]),
    ...(lastCheck === undefined ? [] : [`last ${lastCheck}`]),
  ];
  // Only ASCII has a width that is the same everywhere.
  const text = printable(parts.join("  ")).replace(/[^\x20-\x7e]/g, "?");
  const width = Math.max(0, columns - 1);
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, width);
};

const elapsed = (
  { sinceMs, budgetMs }: { readonly sinceMs: number; readonly budgetMs?: number },
  nowMs: number,
): string => {
  const spent = formatSeconds(nowMs - sinceMs);
  return budgetMs === undefined ? spent : `${spent} of ${formatSeconds(budgetMs)}`;
};
