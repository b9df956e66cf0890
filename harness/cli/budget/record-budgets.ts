import { budgetPathOf, resolveImage } from "../../../images/catalog.ts";
import { toYaml } from "../../../images/yaml.ts";
import type { Budget } from "../../budget/budget-file/budget-file.ts";
import { type BudgetChange, proposeBudgets } from "../../budget/budget-file/propose-budgets.ts";
import { writeFileAtomic } from "../../core/atomic-file.ts";
import { readBudgetFile } from "./budget-file-of.ts";
import { measuredHistory } from "./measured-history.ts";

export interface RecordOptions {
  readonly run: readonly string[];
  /** As a share: 0.02 is 2 %. */
  readonly margin: number;
  readonly owner: string;
}

/** Writes the budgets that measured boots propose beside the image's manifest, and prints what changed. */
export const recordBudgets = (spec: string, { run, margin, owner }: RecordOptions): void => {
  const { name } = resolveImage(spec);
  const path = budgetPathOf(spec);
  const current = readBudgetFile(path);
  const { file, changes } = proposeBudgets(measuredHistory(name, run), {
    ...{ margin, owner },
    ...(current === undefined ? {} : { current }),
  });
  const lines = changes.map((change, index) => changeLine(file.budgets[index], change));
  writeFileAtomic(path, toYaml(file, ["Written by `bootwright budget record`.", ...lines]));
  process.stdout.write(`${[...lines, `written: ${path}`].join("\n")}\n`);
};

const changeLine = (
  budget: Budget | undefined,
  { kind, oldLimit, comment }: BudgetChange,
): string => {
  const before = oldLimit === undefined || kind === "kept" ? "" : ` (was ${oldLimit})`;
  return `${budget?.phase} ${budget?.limit} ${budget?.unit}${before}: ${kind}, ${comment}`;
};
