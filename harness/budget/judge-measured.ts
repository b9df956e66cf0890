import type { Budget } from "./budget-file/budget-file.ts";

/** The three answers that there are: within budget, over budget, too noisy to say. */
export interface MeasuredJudgement {
  readonly state: "pass" | "fail" | "inconclusive";
  readonly reason: string;
}

/** What several boots had of one thing. */
export interface Spread {
  readonly boots: number;
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** (most - least) / median; 0 where all are equal. */
  readonly relative: number;
}

/** @param values of at least one boot. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  const [least = 0] = sorted;
  const most = sorted.at(-1) ?? 0;
  const relative = most === least ? 0 : (most - least) / median;
  return { boots: sorted.length, least, median, most, relative };
};

/**
 * Judges what was counted, which no noise of the host can move: where all boots are on one side of the limit that is the
 * answer, be it one boot; where they are not, the image itself varies across it, and nothing is said.
 */
export const judgeCounted = (
  values: readonly number[],
  { phase, limit, unit }: Pick<Budget, "phase" | "limit" | "unit">,
): MeasuredJudgement => {
  const spread = spreadOf(values);
  const seen = `${phase} took ${spreadText(spread, unit)}, budget ${number(limit)}`;
  if (spread.most <= limit) return { state: "pass", reason: `within budget: ${seen}` };
  if (spread.least > limit) {
    const over = ((spread.median / limit - 1) * 100).toFixed(1);
    return { state: "fail", reason: `over budget by ${over} %: ${seen}` };
  }
  const apart = values.filter((value) => value > limit).length;
  return {
    state: "inconclusive",
    reason: `too noisy to say: ${apart} of ${values.length} boots are over budget: ${seen}`,
  };
};

/** One line for a person. */
export const spreadText = (
  { boots, least, median, most, relative }: Spread,
  unit: string,
): string => {
  const what = unit === "instructions" ? "instructions" : "ms";
  if (boots === 1) return `${number(median)} ${what} in one boot`;
  if (most === least) return `${number(median)} ${what} in each of ${boots} boots`;
  const percent = (relative * 100).toFixed(3);
  return `${number(median)} ${what} (median of ${boots} boots; ${number(least)} to ${number(most)}, ${percent} %)`;
};

const number = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: 1 });
