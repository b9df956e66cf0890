// The checks of a program of specs: one of each spec, told as soon as it is over, and two of the whole.
import {
  type CheckTools,
  type defineStreamedTrial,
  expect,
  fail,
  inconclusive,
  testStreamEnd,
  testStreamed,
} from "../../harness/index.ts";
import { judgeSpec } from "./judge-spec.ts";
import { differences, reportedStates } from "./report-file.ts";
import type { SelectedSpec } from "./selected-spec.ts";
import { type SpecSkip, staleSkips } from "./spec-skips.ts";
import type { JudgedSpec, WholeRun } from "./whole-run.ts";

export type SpecTrial = ReturnType<typeof defineStreamedTrial<JudgedSpec, WholeRun>>;

export interface SpecChecks {
  /** Before the ids of the checks of the whole, as in `containerd/critest`. */
  readonly prefix: string;
  /** As messages and figures call it. */
  readonly program: string;
  readonly specs: readonly SelectedSpec[];
  readonly skips: readonly SpecSkip[];
  /** Whether all specs of the highest level are selected. */
  readonly isWhole: boolean;
}

/** Registers the checks of these specs; none where no spec is selected. */
export const testSpecs = (trial: SpecTrial, checks: SpecChecks): void => {
  const { prefix, program, specs } = checks;
  if (specs.length === 0) return;
  for (const spec of specs) {
    testStreamed(trial, spec.id, { title: spec.name }, (seen, { evidence, slowness }) => {
      if (seen.output !== "") evidence("output", seen.output);
      judgeSpec(seen, { program, skipped: seen.skipped, slowness });
    });
  }
  testStreamEnd(
    trial,
    `${prefix}/report`,
    {
      title: `${program} runs to its end, and its own report says of each spec what was seen while it ran`,
    },
    (whole, tools) => {
      tellOfRun(whole, checks, tools);
      judgeEnd(whole);
      expect(whole.run.unknown).toEqual([]);
      const reported = reportedStates(whole.files);
      expect(differences(specs, { ...whole, reported })).toEqual([]);
    },
  );
  if (checks.skips.length === 0) return;
  testStreamEnd(
    trial,
    `${prefix}/skips`,
    { title: "Every spec that is known not to pass does not pass" },
    (whole) => judgeSkips(whole, checks),
  );
};

const tellOfRun = (
  { facts, run, served, wallMs, cost }: WholeRun,
  { program, specs }: SpecChecks,
  { evidence, figure }: CheckTools,
): void => {
  evidence("containerd", facts.containerd);
  evidence("output", run.lastLines.join("\n"));
  evidence("registry", served.join("\n"));
  figure("specs", specs.length, "count");
  figure(`${program}-time`, Math.round(wallMs), "ms");
  figure(`${program}-starts`, run.starts, "count");
  if (cost === undefined) return;
  figure("guest-busy", cost.busyMs, "ms");
  figure("agent-busy", cost.agentMs, "ms");
  figure("results-disk-busy", cost.diskMs, "ms");
  figure("results-disk-written", cost.diskWrittenKiB, "KiB");
};

/** A program that did not come to its end is the guest's fault, unless the guest got no processor. */
const judgeEnd = ({ run: { brokeOff } }: WholeRun): void => {
  if (brokeOff === undefined) return;
  if (brokeOff.isStarved) inconclusive(`slow-host: ${brokeOff.reason}`);
  fail(brokeOff.reason);
};

const judgeSkips = ({ facts, seen }: WholeRun, { specs, skips, isWhole }: SpecChecks): void => {
  const passed = new Set([...seen].flatMap(([id, { state }]) => (state === "passed" ? [id] : [])));
  expect(staleSkips(skips, facts, { specs, passed, isWhole })).toEqual([]);
};
