import {
  type CheckTools,
  expect,
  fail,
  type PowerCuts,
  unsupported,
} from "../../../harness/index.ts";
import type { BootedState } from "./booted-states.ts";
import type { JudgedStep } from "./cut-update.ts";
import type { NodeDiskCut } from "./node-disks.ts";

export interface StepSeen {
  readonly step: JudgedStep;
  readonly booted: readonly BootedState[];
}

/** What is told of any record, and asked of it. */
const tellOf = (
  { figures, legalStates, log, classes }: PowerCuts,
  booted: number,
  { evidence, figure }: CheckTools,
): void => {
  figure("states", figures.states, "count");
  figure("bad", figures.bad, "count");
  figure("booted", booted, "count");
  figure("legal-states", legalStates, "count");
  figure("log-entries", log.entries, "count");
  figure("flushes", log.flushes, "count");
  figure("judging", figures.durationMs, "ms");
  for (const { phase, outcome, states, example } of classes)
    evidence("states", `${phase}: ${outcome}: ${states}, as ${example}`);
};

const failForBad = ({ bad, figures }: PowerCuts, { evidence }: CheckTools): void => {
  for (const { name: state, phase, faults } of bad.slice(0, 20))
    evidence("bad-state", `${state} (${phase}): ${faults.join("; ")}`);
  const [worst] = bad;
  if (worst !== undefined)
    fail(
      `${figures.bad} of ${figures.states} states that a power cut can leave are wrong; the first: ${worst.name} (${worst.phase}): ${worst.faults.join("; ")}`,
    );
};

export const judgeNodeDisk = ({ cuts, booted }: NodeDiskCut, tools: CheckTools): void => {
  if (cuts.log.entries === 0)
    unsupported("Nothing was written to it, so that nothing could be cut");
  tellOf(cuts, booted.length, tools);
  for (const { name, durationMs, problems } of booted)
    tools.evidence(
      "boot",
      `${name}: ${problems.join("; ") || "all is there"} after ${(durationMs / 1000).toFixed(1)} s`,
    );
  failForBad(cuts, tools);
  for (const { name, problems } of booted)
    expect(problems, `what state ${name} boots with`).toEqual([]);
};

export const judgeStep = ({ step, booted }: StepSeen, tools: CheckTools): void => {
  const { evidence } = tools;
  const { name, cuts, old, next } = step;
  const { marks } = cuts;
  tellOf(cuts, booted.length, tools);
  evidence("marks", marks.map((mark) => `${mark.name} at entry ${mark.index}`).join(", "));
  for (const { name: state, seen: found, durationMs } of booted)
    evidence("boot", `${state}: ${found} after ${(durationMs / 1000).toFixed(1)} s`);
  // Without these the log would be no witness: nothing would have been written, or asked.
  expect(cuts.log.flushes, "flushes in the log").toBeGreaterThan(0);
  expect(
    marks.map((mark) => mark.name),
    "marks in the log",
  ).toEqual(name === "first-boot" ? [] : ["BEGIN", "ACK"]);
  failForBad(cuts, tools);
  for (const { name: state, isWhole, identity, seen: found } of booted) {
    const wanted = isWhole === "new" ? next : old;
    expect(identity, `release that state ${state} boots (${found})`).toBe(wanted.identity);
  }
};
