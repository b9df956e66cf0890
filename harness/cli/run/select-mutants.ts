import { type Mutant, mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { UsageError } from "../../core/errors.ts";
import { matchesGlob } from "../../verdict/judge-mutant.ts";

export interface MutantSelection {
  /** Pattern of `IMAGE+NAME`. */
  readonly only?: string;
  readonly suite?: string;
  /** `quick`: those that stand for their suite; else all. */
  readonly level: "quick" | "standard" | "full";
}

export interface SelectedMutants {
  readonly mutants: readonly Mutant[];
  /** Whether nothing was left out, so that a check without a mutant can be told. */
  readonly isWhole: boolean;
}

/** @throws {UsageError} when no mutant is selected. */
export const selectMutants = ({ only, suite, level }: MutantSelection): SelectedMutants => {
  const all = listMutants();
  const mutants = all.filter(
    (mutant) =>
      (only === undefined || matchesGlob(only, mutantImageName(mutant))) &&
      (suite === undefined || suitesOfMutant(mutant).includes(suite)) &&
      (level !== "quick" || mutant.isQuick),
  );
  if (mutants.length > 0) return { mutants, isWhole: mutants.length === all.length };
  const ofSuite = suite === undefined ? "" : ` of suite ${suite}`;
  const ofLevel = level === "quick" ? " at level quick" : "";
  throw new UsageError(`No mutant${ofSuite} matches ${only ?? "*"}${ofLevel}`, {
    hint: "See `bootwright mutants list`",
  });
};
