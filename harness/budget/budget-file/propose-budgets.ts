import { BudgetError, UsageError } from "../../core/errors.ts";
import type { HistoryBoot } from "../history/history-boot.ts";
import type { Budget, BudgetFile } from "./budget-file.ts";
import { type Figure, isMeasured, type MeasuredLimit, measuredLimits } from "./measured-limits.ts";

export interface ProposeOptions {
  /** Added to what was measured, as a share of it: 0.1 is 10 %. 0 to 1. */
  readonly margin: number;
  /** Of budgets that are new. */
  readonly owner: string;
  /** Default: the median. */
  readonly figure?: Figure;
  /** The budget file as it is. Default: none. */
  readonly current?: BudgetFile;
}

export interface Proposal {
  /** To be written, as plain data. */
  readonly file: BudgetFile;
  /** One for each of the file's budgets, in its order. */
  readonly changes: readonly BudgetChange[];
}

export interface BudgetChange {
  /** `remeasured`: the old limit came from another QEMU or comparability, so that it says nothing about the new one. */
  readonly kind: "new" | "lowered" | "remeasured" | "kept";
  /** Before; absent where `kind` is `new`. */
  readonly oldLimit?: number;
  /** Where the limit came from, or why it was kept: one line, for a comment in the file. */
  readonly comment: string;
}

/**
 * Proposes limits from boots of one image: figure plus margin, rounded up to three digits (instructions: four). Of each
 * accelerator, measure and configuration only the boots count that were measured with what the newest one was measured with.
 * A limit is lowered where the image improved and never raised: for that somebody must change the file and say why. The budgets
 * of the current file come first, in their order; exceptions, and budgets of which there is no boot, are kept.
 * @param boots as `bootsOfImage` returns them; those that did not pass are left out.
 * @throws {UsageError} for a margin out of range or several images; {BudgetError} when no boot passed.
 */
export const proposeBudgets = (
  boots: readonly HistoryBoot[],
  { margin, owner, figure = median, current }: ProposeOptions,
): Proposal => {
  if (!(margin >= 0 && margin <= 1))
    throw new UsageError(`The margin of a budget must be from 0 to 1, not ${margin}`, {
      hint: "0.1 stands for 10 %",
    });
  const image = imageOf(boots, current);
  const waiting = new Set(measuredLimits(boots, { margin, owner, figure }));
  const rows: Row[] = (current?.budgets ?? []).map((budget) => {
    const limit = [...waiting].find((one) => isFor(one, budget));
    if (limit === undefined) return kept(budget);
    waiting.delete(limit);
    return ratcheted(budget, limit);
  });
  for (const { budget, comment } of waiting)
    rows.push({ budget, change: { kind: "new", comment } });
  return {
    file: { schema: 1, image, budgets: rows.map(({ budget }) => budget) },
    changes: rows.map(({ change }) => change),
  };
};

interface Row {
  readonly budget: Budget;
  readonly change: BudgetChange;
}

const median: Figure = {
  name: "median",
  of: (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  },
};

const imageOf = (boots: readonly HistoryBoot[], current: BudgetFile | undefined): string => {
  const images = new Set(boots.map((boot) => boot.image));
  if (current !== undefined) images.add(current.image);
  const [image, ...others] = images;
  if (others.length > 0)
    throw new UsageError(`Budgets are of one image, not of ${[...images].join(" and ")}`, {
      hint: "Name the image whose boots are to be used",
    });
  if (image === undefined || !boots.some(isMeasured))
    throw new BudgetError(
      "Expected measured boots that passed, to propose budgets from; there is none",
      {
        hint: "Measure some with `bootwright run IMAGE --suite boot-time --repeat 10`",
      },
    );
  return image;
};

const isFor = ({ budget: measured, configuration }: MeasuredLimit, budget: Budget): boolean =>
  budget.until === undefined &&
  budget.phase === measured.phase &&
  budget.unit === measured.unit &&
  budget.accel === measured.accel &&
  (budget.configuration === measured.configuration || budget.configuration === configuration);

const kept = (budget: Budget): Row => {
  const comment =
    budget.until === undefined ? "no boot was measured for it" : `exception until ${budget.until}`;
  return { budget, change: { kind: "kept", oldLimit: budget.limit, comment } };
};

const ratcheted = (budget: Budget, measured: MeasuredLimit): Row => {
  const { limit, measuredWith } = measured.budget;
  const oldLimit = budget.limit;
  const compares =
    budget.measuredWith === undefined ||
    (budget.measuredWith.qemuVersion === measuredWith.qemuVersion &&
      budget.measuredWith.comparability === measuredWith.comparability);
  if (compares && limit >= oldLimit) {
    const comment =
      limit === oldLimit ? measured.comment : `${measured.comment}, would be ${limit}`;
    return { budget, change: { kind: "kept", oldLimit, comment } };
  }
  const kind = compares ? "lowered" : "remeasured";
  return {
    budget: { ...budget, limit, measuredWith },
    change: { kind, oldLimit, comment: measured.comment },
  };
};
