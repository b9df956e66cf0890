import { type Mutant, mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { UsageError } from "../../core/errors.ts";
import { matchesGlob } from "../../verdict/judge-mutant.ts";

export interface MutantSelection {
  /** Patterns of `IMAGE+NAME`, each of which must match one. */
  readonly only?: readonly string[];
  readonly suite?: string;
  /** `quick`: those that stand for their suite; else all. */
  readonly level: "quick" | "standard" | "full";
}

export interface SelectedMutants {
  readonly mutants: readonly Mutant[];
  /** Whether nothing was left out, so that a check without a mutant can be told. */
  readonly isWhole: boolean;
}

/** @throws {UsageError} when a pattern selects no mutant. */
export const selectMutants = ({ only = ["*"], suite, level }: MutantSelection): SelectedMutants => {
  const all = listMutants();
  const matching = (globs: readonly string[]): readonly Mutant[] =>
    all.filter(
      (mutant) =>
        globs.some((glob) => matchesGlob(glob, mutantImageName(mutant))) &&
        (suite === undefined || suitesOfMutant(mutant).includes(suite)) &&
        (level !== "quick" || mutant.isQuick),
    );
  const unmatched = only.find((glob) => matching([glob]).length === 0);
  if (unmatched === undefined) {
    const mutants = matching(only);
    return { mutants, isWhole: mutants.length === all.length };
  }
  const ofSuite = suite === undefined ? "" : ` of suite ${suite}`;
  const ofLevel = level === "quick" ? " at level quick" : "";
  throw new UsageError(`No mutant${ofSuite} matches ${unmatched}${ofLevel}`, {
    hint: "See `bootwright mutants list`",
  });
};
