import type { MutantsRecord } from "../../results/mutants-record.ts";

/**
 * Prints "N passed, N failed" as the last line.
 * @returns the exit code: 0 when every mutant was killed by exactly its checks, every unchanged image passed and no check
 * lacks a mutant; 3 when something had no verdict; else 1.
 */
export const reportMutants = ({
  controls,
  mutants,
  withoutMutant: lacking = [],
}: MutantsRecord): number => {
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
