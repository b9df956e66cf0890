import type { CheckRecord } from "../results/check-record.ts";
import type { RunRecord } from "../results/run-record.ts";
import { type State, states } from "../verdict/state.ts";

/**
 * The checks, and after them a row for the run itself where its verdict is not that of a check: a reader that knows
 * rows only must not take a killed or empty run for a green one.
 */
export const reportRows = (run: RunRecord): readonly CheckRecord[] => {
  const { checks, status, verdict, reason } = run;
  const isTold = checks.some(({ state }) => state === verdict) && reason === undefined;
  if (status === "finished" && isTold) return checks;
  const row: CheckRecord = {
    id: "run",
    suite: "bootwright",
    title: "The run itself",
    // A run that did not finish cannot have passed, whatever the file says.
    state: verdict === "pass" ? "error" : verdict,
    reason: reason ?? (status === "finished" ? "no check was decided" : `the run is ${status}`),
    durationMs: 0,
    attempts: [],
    evidence: [],
  };
  return [...checks, row];
};

export const countStates = (rows: readonly CheckRecord[]): Readonly<Record<State, number>> => {
  const count = (wanted: State): number => rows.filter(({ state }) => state === wanted).length;
  return Object.fromEntries(states.map((state) => [state, count(state)])) as Record<State, number>;
};
