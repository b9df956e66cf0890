import { budgetPathOf, resolveImage } from "../../../images/catalog.ts";
import type { Budget } from "../../budget/budget-file/budget-file.ts";
import { unitOf } from "../../budget/budget-file/budget-unit.ts";
import { budgetsFor } from "../../budget/budget-file/budgets-for.ts";
import type { HistoryBoot } from "../../budget/history/history-boot.ts";
import { judgeCounted } from "../../budget/judge-measured.ts";
import { BudgetError } from "../../core/errors.ts";
import { exitCodeOf, type State } from "../../verdict/state.ts";
import { readBudgetFile, todayUtc } from "./budget-file-of.ts";
import { measuredConfiguration, measuredHistory } from "./measured-history.ts";

/**
 * Judges the newest counted run of an image by its budget file, prints one line for each budget, and gives the exit code.
 * @throws {BudgetError} when there is no file or no such run, or they do not fit each other.
 */
export const checkBudgets = (spec: string, runs: readonly string[]): number => {
  const { name } = resolveImage(spec);
  const path = budgetPathOf(spec);
  const file = readBudgetFile(path);
  if (file === undefined)
    throw new BudgetError(`There is no budget file ${path}`, {
      hint: `Measure with \`bootwright run ${name} --suite boot-time\`, then \`bootwright budget record ${name} --run DIR\``,
    });
  const boots = newestRun(measuredHistory(name, runs), name);
  const [first] = boots;
  const { accel = "tcg", qemuVersion = "", comparability } = first ?? {};
  const budgets = budgetsFor(file, {
    ...{ accel, measure: "cost", configuration: measuredConfiguration, qemuVersion },
    ...(comparability === undefined ? {} : { comparability }),
    ...{ today: todayUtc(), where: path },
  });
  const judged = budgets.map((budget) => judge(budget, boots));
  for (const { state, reason } of judged) process.stdout.write(`${state.padEnd(12)} ${reason}\n`);
  return exitCodeOf(worst(judged.map(({ state }) => state)));
};

const newestRun = (boots: readonly HistoryBoot[], name: string): readonly HistoryBoot[] => {
  const counted = boots.filter(({ measure, state }) => measure === "cost" && state === "pass");
  const newest = counted[0]?.runId;
  if (newest !== undefined) return counted.filter(({ runId }) => runId === newest);
  throw new BudgetError(`The history has no counted boot of ${name}`, {
    hint: `Measure with \`bootwright run ${name} --suite boot-time --measure cost\`, and give the directory with --run`,
  });
};

const judge = (
  budget: Budget,
  boots: readonly HistoryBoot[],
): { readonly state: State; readonly reason: string } => {
  const values = boots.flatMap((boot) => measuredOf(boot, budget) ?? []);
  if (values.length === boots.length) return judgeCounted(values, budget);
  const reason = `Only ${values.length} of ${boots.length} boots have ${budget.phase} in ${unitOf(budget.phase, "cost")}`;
  return { state: values.length === 0 ? "unsupported" : "fail", reason };
};

const measuredOf = (boot: HistoryBoot, { phase }: Budget): number | undefined => {
  if (phase === "total") return boot.totalCost;
  if (phase === "idle") return boot.idleMs;
  return boot.phases.find(({ name }) => name === phase)?.cost;
};

const worst = (states: readonly State[]): State =>
  (["fail", "inconclusive"] as const).find((state) => states.includes(state)) ?? "pass";
