import { formatSeconds } from "../../core/deadline.ts";
import { printable } from "../../core/printable.ts";
import type { RunEvent } from "../../results/run-event.ts";

/** What the live line shows. */
export interface Status {
  readonly checksDone: number;
  readonly checksPlanned?: number;
  /** A boot and its phase. */
  readonly boot?: Activity;
  /** Checks that have been started and not finished, in that order. */
  readonly running: readonly Activity[];
  readonly lastCheck?: string;
}

interface Activity {
  readonly name: string;
  readonly sinceMs: number;
  readonly budgetMs?: number;
}

/** More would not fit. */
const shownAtOnce = 2;

export const nextStatus = (status: Status, event: RunEvent, nowMs: number): Status => {
  const since = (name: string, budgetMs: number | undefined): Activity => ({
    name,
    sinceMs: nowMs,
    ...(budgetMs === undefined ? {} : { budgetMs }),
  });
  const runningBut = (id: string): readonly Activity[] =>
    status.running.filter(({ name }) => name !== id);
  switch (event.kind) {
    case "run-started":
      return event.checksPlanned === undefined
        ? status
        : { ...status, checksPlanned: event.checksPlanned };
    case "boot-started":
      return {
        ...status,
        boot: since(`boot ${event.boot} ${event.configuration}`, event.budgetMs),
      };
    case "phase-entered":
      return { ...status, boot: since(`boot ${event.boot} ${event.phase}`, event.budgetMs) };
    case "check-started":
      return {
        ...status,
        running: [...runningBut(event.id), since(event.id, event.budgetMs)],
      };
    case "boot-finished":
      return withoutBoot(status);
    case "check-finished":
      return {
        ...status,
        running: runningBut(event.check.id),
        checksDone: status.checksDone + 1,
        lastCheck: event.check.id,
      };
    case "note":
    case "run-finished":
    case "run-interrupted":
      return status;
  }
};

const withoutBoot = ({ boot: _, ...rest }: Status): Status => rest;

/** One line of at most `columns` - 1 characters, so that no terminal wraps it. */
export const toStatusLine = (status: Status, nowMs: number, columns: number): string => {
  const { boot, running, checksDone, checksPlanned, lastCheck } = status;
  // The last one that was started first: one that has been for long may be about all of them.
  const shown = boot === undefined ? running.slice(-shownAtOnce).reverse() : [boot];
  const others = boot === undefined ? running.length - shown.length : 0;
  const parts = [
    `[${checksDone}${checksPlanned === undefined ? "" : `/${checksPlanned}`}]`,
    ...shown.flatMap((activity) => [activity.name, elapsed(activity, nowMs)]),
    ...(others === 0 ? [] : [`+${others}`]),
    ...(lastCheck === undefined ? [] : [`last ${lastCheck}`]),
  ];
  // Only ASCII has a width that is the same everywhere.
  const text = printable(parts.join("  ")).replace(/[^\x20-\x7e]/g, "?");
  const width = Math.max(0, columns - 1);
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, width);
};

const elapsed = ({ sinceMs, budgetMs }: Activity, nowMs: number): string => {
  const spent = formatSeconds(nowMs - sinceMs);
  return budgetMs === undefined ? spent : `${spent} of ${formatSeconds(budgetMs)}`;
};
