import { type Mutant, mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { UsageError } from "../../core/errors.ts";
import { matchesGlob } from "../../core/matches-glob.ts";
import { itemsOfShard, type Shard, wholeRun } from "./shard.ts";

export interface MutantSelection {
  /** Patterns of `IMAGE+NAME`, each of which must match one. */
  readonly only?: readonly string[];
  readonly suite?: string;
  /** `quick`: those that stand for their suite; else all. */
  readonly level: "quick" | "standard" | "full";
  /** Default: all that is selected. */
  readonly shard?: Shard;
}

export interface SelectedMutants {
  /** Of this shard. */
  readonly mutants: readonly Mutant[];
  /** All there are, when nothing was left out and this is the shard that answers for the unchanged images: the first. */
  readonly proof?: readonly Mutant[];
}

/** @throws {UsageError} when a pattern selects no mutant. */
export const selectMutants = ({
  only = ["*"],
  suite,
  level,
  shard = wholeRun,
}: MutantSelection): SelectedMutants => {
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
    const selected = matching(only);
    const isProof = selected.length === all.length && shard.index === 1;
    return { mutants: itemsOfShard(selected, shard), ...(isProof ? { proof: all } : {}) };
  }
  const ofSuite = suite === undefined ? "" : ` of suite ${suite}`;
  const ofLevel = level === "quick" ? " at level quick" : "";
  throw new UsageError(`No mutant${ofSuite} matches ${unmatched}${ofLevel}`, {
    hint: "See `bootwright mutants list`",
  });
};
