import { BudgetError } from "../../core/errors.ts";
import type { Budget, BudgetFile } from "./budget-file.ts";
import { unitOf } from "./budget-unit.ts";

/** How the boots were measured that are to be judged. */
export interface Measurement {
  readonly accel: "kvm" | "tcg";
  readonly measure: "wall" | "cost";
  readonly configuration: string;
  readonly qemuVersion: string;
  /** Default: unknown; then no budget that names one is used. */
  readonly comparability?: string;
  /** ISO date, UTC. */
  readonly today: string;
  /** The budget file, for messages. */
  readonly where: string;
}

/**
 * The budgets that judge a measurement, one for each phase: those of its configuration before those of all, an exception
 * before the budget without an end.
 * @throws {BudgetError} when the file has none for this accelerator, configuration or measure, and, with every problem,
 * when one of them is an exception that has ended or was measured with another QEMU version or comparability.
 */
export const budgetsFor = (file: BudgetFile, measurement: Measurement): readonly Budget[] => {
  const fitting = fittingBudgets(file, measurement);
  const expired = fitting.flatMap((budget) => expiryProblem(file, budget, measurement));
  const chosen = [...Map.groupBy(fitting, ({ phase }) => phase).values()].flatMap((budgets) =>
    budgets.toSorted((a, b) => precedence(a) - precedence(b)).slice(0, 1),
  );
  const foreign = chosen.flatMap((budget) => baselineProblems(file, budget, measurement));
  const problems = [...expired, ...foreign];
  if (problems.length === 0) return chosen;
  const hints = [
    ...(expired.length > 0
      ? ["Remove the exceptions that have ended, or give them a later date and a reason"]
      : []),
    ...(foreign.length > 0
      ? ["measure the budgets again with `bootwright budget record`, or judge with what they name"]
      : []),
  ];
  throw new BudgetError(
    `Budgets of ${measurement.where} cannot judge this measurement: ${problems.join("; ")}`,
    { hint: capitalised(hints.join("; ")), details: { where: measurement.where, problems } },
  );
};

const precedence = ({ configuration, until }: Budget): number =>
  (configuration === undefined ? 2 : 0) + (until === undefined ? 1 : 0);

/** By accelerator, configuration and unit, in turn, so that the error names the first that is not there. */
const fittingBudgets = (
  { image, budgets }: BudgetFile,
  { accel, measure, configuration, where }: Measurement,
): readonly Budget[] => {
  const refuse = (expected: string, seen: readonly string[]): never => {
    throw new BudgetError(
      `Expected budgets of ${image} ${expected} in ${where}, seen only ${[...new Set(seen)].join(", ")}`,
      {
        hint: "Record some with `bootwright budget record`, or measure as the file's budgets were measured",
        details: { where },
      },
    );
  };
  const ofAccel = budgets.filter((budget) => budget.accel === accel);
  if (ofAccel.length === 0)
    return refuse(
      `for accelerator ${accel}`,
      budgets.map((budget) => budget.accel),
    );
  const ofConfiguration = ofAccel.filter(
    (budget) => budget.configuration === undefined || budget.configuration === configuration,
  );
  if (ofConfiguration.length === 0)
    return refuse(
      `for configuration ${configuration}`,
      ofAccel.map((budget) => String(budget.configuration)),
    );
  const ofUnit = ofConfiguration.filter(({ phase, unit }) => unit === unitOf(phase, measure));
  if (ofUnit.length === 0)
    return refuse(
      `in ${unitOf("total", measure)}, the unit of measure ${measure},`,
      ofConfiguration.map(({ unit }) => unit),
    );
  return ofUnit;
};

const expiryProblem = (
  file: BudgetFile,
  budget: Budget,
  { today }: Measurement,
): readonly string[] =>
  budget.until !== undefined && budget.until < today
    ? [
        `${nameOf(file, budget)}: the exception of ${budget.owner} ended on ${budget.until}, today is ${today}`,
      ]
    : [];

const baselineProblems = (
  file: BudgetFile,
  budget: Budget,
  measurement: Measurement,
): readonly string[] => {
  const { measuredWith } = budget;
  const named = [
    ["QEMU", measuredWith?.qemuVersion, measurement.qemuVersion],
    ["comparability", measuredWith?.comparability, measurement.comparability],
  ] as const;
  return named
    .filter(([, expected, seen]) => expected !== undefined && expected !== seen)
    .map(
      ([what, expected, seen]) =>
        `${nameOf(file, budget)}: its limit was measured with ${what} ${expected}, the boots with ${seen ?? "an unknown one"}`,
    );
};

const nameOf = ({ budgets }: BudgetFile, budget: Budget): string =>
  `budgets[${budgets.indexOf(budget)}] (${budget.phase})`;

const capitalised = (sentence: string): string =>
  `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
