import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mutant, mutantImageName, suitesOfMutant } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { UsageError } from "../../core/errors.ts";
import { judgeMutant, matchesGlob } from "../../verdict/judge-mutant.ts";
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
    throw new UsageError(`No mutant matches ${JSON.stringify(options)}`, {
      hint: "See `bootwright mutants list`",
    });
  }
  const out = options.out ?? mkdtempSync(join(tmpdir(), "bootwright-mutants-"));
  const states: string[] = [];
  for (const mutant of selected) {
    const name = mutantImageName(mutant);
    const run = await runImage({
      image: name,
      suite: [],
      level: "quick",
      accel: "auto",
      transport: "port",
      out: join(out, name),
    });
    const judged = judgeMutant(mutant, run.checks);
    states.push(judged.state);
    process.stdout.write(
      `${judged.state === "pass" ? "killed" : judged.state}  ${name}: ${judged.reason}\n\n`,
    );
  }
  process.stdout.write(`Run directories: ${out}\n`);
  const passed = states.filter((state) => state === "pass").length;
  process.stdout.write(`${passed} passed, ${states.length - passed} failed\n`);
  if (states.includes("fail")) return 1;
  return states.includes("inconclusive") ? 3 : 0;
};

const isSelected = (mutant: Mutant, { only, suite }: MutantsOptions): boolean =>
  (only === undefined || matchesGlob(only, mutantImageName(mutant))) &&
  (suite === undefined || suitesOfMutant(mutant).includes(suite));
