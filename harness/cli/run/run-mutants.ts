import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mutant, mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { UsageError } from "../../core/errors.ts";
import { judgeMutant, type MutantJudgement, matchesGlob } from "../../verdict/judge-mutant.ts";
import { runImage } from "./run-image.ts";

export interface MutantsOptions {
  readonly only?: string;
  readonly suite?: string;
  readonly out?: string;
}

/**
 * Boots each selected mutant and compares what failed with its table. The last line is "N passed, N failed".
 * @returns the exit code: 0 when every mutant was killed by exactly its checks, 3 when one had no verdict, else 1.
 */
export const runMutants = async (options: MutantsOptions): Promise<number> => {
  const selected = listMutants().filter((mutant) => isSelected(mutant, options));
  if (selected.length === 0) {
    const { only = "*", suite } = options;
    const ofSuite = suite === undefined ? "" : ` of suite ${suite}`;
    throw new UsageError(`No mutant${ofSuite} matches ${only}`, {
      hint: "See `bootwright mutants list`",
    });
  }
  const out = options.out ?? mkdtempSync(join(tmpdir(), "bootwright-mutants-"));
  const states: string[] = [];
  for (const mutant of selected) {
    const first = await judgeOnce(mutant, join(out, mutantImageName(mutant)));
    // A host that was too busy for a verdict gets a second try; both are told.
    const isUndecided = first.state === "inconclusive";
    const judged = isUndecided
      ? await judgeOnce(mutant, join(out, `${mutantImageName(mutant)}-again`))
      : first;
    states.push(judged.state);
  }
  process.stdout.write(`Run directories: ${out}\n`);
  const passed = states.filter((state) => state === "pass").length;
  process.stdout.write(`${passed} passed, ${states.length - passed} failed\n`);
  if (states.includes("fail")) return 1;
  return states.includes("inconclusive") ? 3 : 0;
};

const judgeOnce = async (mutant: Mutant, out: string): Promise<MutantJudgement> => {
  const image = mutantImageName(mutant);
  const how = { suite: [], level: "quick", accel: "auto", transport: "port" } as const;
  const run = await runImage({ ...how, image, out });
  const judged = judgeMutant(mutant, run.checks);
  const word = judged.state === "pass" ? "killed" : judged.state;
  process.stdout.write(`${word}  ${image}: ${judged.reason}\n\n`);
  return judged;
};

const isSelected = (mutant: Mutant, { only, suite }: MutantsOptions): boolean =>
  (only === undefined || matchesGlob(only, mutantImageName(mutant))) &&
  (suite === undefined || suitesOfMutant(mutant).includes(suite));
