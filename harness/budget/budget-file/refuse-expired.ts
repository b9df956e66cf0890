import { BudgetError } from "../../core/errors.ts";
import type { BudgetFile } from "./budget-file.ts";

/**
 * Before anything is measured: an exception that has ended must be dealt with, or it holds for ever.
 * @param today ISO date, UTC. `where`: the file, for messages.
 * @throws {BudgetError} naming each exception that has ended.
 */
export const refuseExpired = ({ budgets }: BudgetFile, today: string, where: string): void => {
  const ended = budgets.flatMap(({ phase, owner, until }, index) =>
    until !== undefined && until < today
      ? [`budgets[${index}] (${phase}): the exception of ${owner} ended on ${until}`]
      : [],
  );
  if (ended.length === 0) return;
  throw new BudgetError(`Today is ${today}, and in ${where} ${ended.join("; ")}`, {
    hint: "Remove the exceptions that have ended, or give them a later date and a reason",
    details: { where, ended },
  });
};
