import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toMutantTable } from "../../report/mutant-table.ts";
import { type MutantsRecord, writeMutants } from "../../results/mutants-record.ts";
import { withoutMutant } from "../../verdict/without-mutant.ts";
import { toolVersion } from "../version.ts";
import { reportMutants } from "./report-mutants.ts";
import { runControl, runMutant } from "./run-mutant.ts";
import { type MutantSelection, selectMutants } from "./select-mutants.ts";

export interface MutantsOptions extends MutantSelection {
  readonly out?: string;
}

/**
 * Runs each selected mutant, and the unchanged images when all mutants are selected, prints the table check × mutant and
 * leaves it in mutants.json, which is written anew after each. The last line is "N passed, N failed".
 * @returns the exit code: 0 when every mutant was killed by exactly its checks, every unchanged image passed and no check
 * lacks a mutant; 3 when something had no verdict; else 1.
 * @throws {UsageError} when no mutant is selected.
 */
export const runMutants = async (options: MutantsOptions): Promise<number> => {
  const { level } = options;
  const { mutants, proof } = selectMutants(options);
  const out = options.out ?? mkdtempSync(join(tmpdir(), "bootwright-mutants-"));
  mkdirSync(out, { recursive: true });
  const path = join(out, "mutants.json");
  let table: MutantsRecord = {
    ...{ schemaVersion: 1, toolVersion, startedAt: new Date().toISOString(), level },
    ...{ controls: [], mutants: [] },
  };
  const add = (more: Partial<MutantsRecord>): void => {
    table = { ...table, ...more };
    writeMutants(path, table);
  };
  for (const image of new Set(proof?.map(({ of }) => of)))
    add({ controls: [...table.controls, await runControl(image, { out, level })] });
  if (proof !== undefined)
    add({ withoutMutant: table.controls.flatMap((control) => withoutMutant(control, proof)) });
  for (const mutant of mutants)
    add({ mutants: [...table.mutants, await runMutant(mutant, { out, level })] });
  process.stdout.write(`${toMutantTable(table)}\n\nRun directories and mutants.json: ${out}\n`);
  return reportMutants(table);
};
