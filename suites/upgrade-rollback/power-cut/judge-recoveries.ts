import { type CheckTools, expect, fail, type Release } from "../../../harness/index.ts";
import type { Recovery } from "./recoveries.ts";

export interface RecoveriesSeen {
  readonly v1: Pick<Release, "identity">;
  readonly v2: Pick<Release, "identity">;
  readonly recoveries: readonly Recovery[];
}

export const judgeRecoveries = (
  { v1, v2, recoveries }: RecoveriesSeen,
  { evidence, figure }: Pick<CheckTools, "evidence" | "figure">,
): void => {
  const judged = recoveries.flatMap(({ cuts }) => cuts ?? []);
  const states = judged.reduce((sum, { figures }) => sum + figures.states, 0);
  const badCount = judged.reduce((sum, { figures }) => sum + figures.bad, 0);
  figure("recoveries", recoveries.length, "count");
  figure("states", states, "count");
  figure("bad", badCount, "count");
  for (const { from, seen, cuts } of recoveries) {
    evidence("boot", `${from.name} (${from.phase}, ${from.isWhole}): ${seen}`);
    for (const one of cuts?.classes ?? [])
      evidence("states", `${from.name}/${one.example}: ${one.outcome}: ${one.states}`);
  }
  for (const { from, identity, seen, trouble } of recoveries) {
    const wanted = from.isWhole === "new" ? v2 : v1;
    expect(identity, `release that state ${from.name} boots (${seen})`).toBe(wanted.identity);
    if (trouble !== undefined) fail(`State ${from.name}: ${trouble}`);
  }
  const bad = recoveries.flatMap(({ from, cuts }) =>
    (cuts?.bad ?? []).map(({ name, faults }) => ({ name: `${from.name}/${name}`, faults })),
  );
  for (const { name, faults } of bad.slice(0, 20))
    evidence("bad-state", `${name}: ${faults.join("; ")}`);
  const [worst] = bad;
  if (worst !== undefined)
    fail(
      `${badCount} of ${states} states that a second power cut can leave are wrong; the first: ${worst.name}: ${worst.faults.join("; ")}`,
    );
  // Without these nothing would have been asked.
  expect(recoveries.length, "recoveries").toBeGreaterThan(0);
  expect(states, "states of all recoveries").toBeGreaterThan(0);
};
