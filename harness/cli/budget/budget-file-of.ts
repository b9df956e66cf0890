import { existsSync } from "node:fs";
import { readYamlFile } from "../../../images/yaml.ts";
import { type BudgetFile, budgetFileSchema } from "../../budget/budget-file/budget-file.ts";

/** @throws {ConfigError} naming every problem of the file; undefined where there is none. */
export const readBudgetFile = (path: string): BudgetFile | undefined =>
  existsSync(path) ? readYamlFile(path, budgetFileSchema) : undefined;

/** ISO date. */
export const todayUtc = (): string => new Date().toISOString().slice(0, 10);
