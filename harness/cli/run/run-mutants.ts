import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic-file.ts";
import { toMutantTable } from "../../report/mutant-table.ts";
import type { ControlRecord, MutantRecord, MutantsRecord } from "../../results/mutants-record.ts";
import { withoutMutant } from "../../verdict/without-mutant.ts";
import { toolVersion } from "../version.ts";
import { runControl, runMutant } from "./run-mutant.ts";
import { type MutantSelection, selectMutants } from "./select-mutants.ts";

export interface MutantsOptions extends MutantSelection {
  readonly out?: string;
}

/**
 * Runs each selected mutant, and the unchanged images when all mutants are selected, prints the table check × mutant and
 * leaves it in mutants.json. The last line is "N passed, N failed".
 * @returns the exit code: 0 when every mutant was killed by exactly its checks, every unchanged image passed and no check
 * lacks a mutant; 3 when something had no verdict; else 1.
 * @throws {UsageError} when no mutant is selected.
 */
export const runMutants = async (options: MutantsOptions): Promise<number> => {
  const { level } = options;
  const { mutants, isWhole } = selectMutants(options);
  const out = options.out ?? mkdtempSync(join(tmpdir(), "bootwright-mutants-"));
  mkdirSync(out, { recursive: true });
  const startedAt = new Date().toISOString();
  const controls: ControlRecord[] = [];
  const records: MutantRecord[] = [];
  const images = isWhole ? [...new Set(mutants.map(({ of }) => of))] : [];
  for (const image of images) controls.push(await runControl(image, { out, level }));
  for (const mutant of mutants) records.push(await runMutant(mutant, { out, level }));
  const lacking = controls.flatMap((control) => withoutMutant(control, mutants));
  const table: MutantsRecord = {
    schemaVersion: 1,
    toolVersion,
    startedAt,
    level,
    controls,
    mutants: records,
    ...(isWhole ? { withoutMutant: lacking } : {}),
  };
  writeFileAtomic(join(out, "mutants.json"), `${JSON.stringify(table, null, 2)}\n`);
  process.stdout.write(`${toMutantTable(table)}\n\nRun directories and mutants.json: ${out}\n`);
  return report(table);
};

const report = ({ controls, mutants, withoutMutant: lacking = [] }: MutantsRecord): number => {
  const states = [
    ...controls.map(({ verdict }) => verdict),
    ...mutants.map(({ state }) => state),
    ...lacking.map(() => "fail" as const),
  ];
  const passed = states.filter((state) => state === "pass").length;
  process.stdout.write(`${passed} passed, ${states.length - passed} failed\n`);
  const undecided = states.filter((state) => state === "inconclusive").length;
  if (passed + undecided < states.length) return 1;
  return undecided > 0 ? 3 : 0;
};
