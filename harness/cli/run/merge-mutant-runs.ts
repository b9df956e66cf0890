import { mutantImageName } from "../../../images/mutant.ts";
import { listMutants } from "../../../images/mutants.ts";
import { toMutantTable } from "../../report/mutant-table.ts";
import { mergeMutants } from "../../results/merge-mutants.ts";
import { readMutants, writeMutants } from "../../results/mutants-record.ts";
import { reportMutants } from "./report-mutants.ts";

/**
 * Prints the table of all shards of one run of the mutants. The last line is "N passed, N failed".
 * @returns the exit code, as of the run itself.
 * @throws {UsageError} when the files are not the shards of one whole run; {BootwrightError} RESULTS_INVALID.
 */
export const mergeMutantRuns = (
  files: readonly string[],
  { out }: { readonly out?: string },
): number => {
  const all = listMutants().map(mutantImageName);
  const merged = mergeMutants(files.map(readMutants), all);
  if (out !== undefined) writeMutants(out, merged);
  process.stdout.write(`${toMutantTable(merged)}\n\n`);
  return reportMutants(merged);
};
