import { matchesGlob } from "../core/matches-glob.ts";
import type { State } from "./state.ts";

/** What a mutant's table says: exactly these checks fail, and those that match a skip glob are skipped. */
export interface MutantTable {
  readonly fails: readonly string[];
  readonly skips: readonly string[];
}

export interface MutantJudgement {
  /** `inconclusive` when a check that had to fail came to no verdict: a host fault never kills a mutant. */
  readonly state: "pass" | "fail" | "inconclusive";
  readonly reason: string;
}

interface Check {
  readonly id: string;
  readonly state: State;
  readonly reason?: string;
}

/** What one check says about the mutant: nothing, that the table is wrong, or that there is no verdict. */
type Objection = { readonly isUndecided: boolean; readonly text: string } | undefined;

/** Compares what happened on a mutant with its table; a harness that always says pass is caught here. */
export const judgeMutant = (table: MutantTable, checks: readonly Check[]): MutantJudgement => {
  const missing = table.fails
    .filter((id) => !checks.some((check) => check.id === id))
    .map((id) => ({ isUndecided: false, text: `${id} must fail, but is not in the results` }));
  const objections = [...missing, ...checks.map((check) => objectionOf(table, check))].filter(
    (objection) => objection !== undefined,
  );
  const wrong = objections.filter(({ isUndecided }) => !isUndecided);
  if (wrong.length > 0) return { state: "fail", reason: textOf(wrong) };
  if (objections.length > 0) return { state: "inconclusive", reason: textOf(objections) };
  return { state: "pass", reason: `exactly ${table.fails.join(", ")} failed` };
};

const objectionOf = (table: MutantTable, { id, state, reason }: Check): Objection => {
  const why = reason === undefined ? "" : ` (${reason})`;
  const isUndecided = state === "inconclusive";
  if (table.fails.includes(id)) {
    return state === "fail"
      ? undefined
      : { isUndecided, text: `${id} must fail, but is ${state}${why}` };
  }
  if (table.skips.some((glob) => matchesGlob(glob, id))) {
    return state === "skip"
      ? undefined
      : { isUndecided, text: `${id} must be skipped, but is ${state}` };
  }
  if (state === "pass" || state === "unsupported") return undefined;
  return { isUndecided, text: `${id} must not be ${state}${why}` };
};

const textOf = (objections: readonly { readonly text: string }[]): string =>
  objections.map(({ text }) => text).join("; ");
