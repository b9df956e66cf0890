import {
  type CheckTools,
  defineTrial,
  expect,
  fail,
  level,
  type PowerCuts,
  profile,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { driverOf } from "./driver-of.ts";
import {
  type CutSeen,
  type CutStepName,
  checkOf,
  cutStepsOf,
  cutUpdate,
} from "./power-cut/cut-update.ts";
import { type NodeDiskCut, nodeDiskNames } from "./power-cut/node-disks.ts";
import { releasePair } from "./releases.ts";

const { upgrade } = profile();

const titles = {
  v2: "A power cut at any time of an update leaves the old release or the new one, whole and bootable, and the new one once the update is acknowledged",
  "first-boot":
    "A power cut at any time of a new release's first boot, in which tries are counted and the boot is blessed, leaves it whole and bootable, and the old one too",
  "data-disk":
    "A power cut at any time of a new release's first boot leaves every file that was on the data disk",
  etc: "A power cut at any time of a new release's first boot leaves what was edited, added and deleted in /etc",
  back: "A power cut at any time of a new release's first boot, and of the way back, leaves one of the two releases, whole and bootable",
} as const;

/** At level quick the first driver stands for all. */
const tried = (upgrade?.drivers ?? []).slice(0, level() === "quick" ? 1 : undefined);

for (const stated of tried) {
  const trial = defineTrial(async (tools) => {
    if (stated.kind === "replace-disk")
      return unsupported(
        "The machine gets another system disk: the node writes nothing that could be cut",
      );
    if (upgrade === undefined) return unsupported("The profile does not say how nodes are updated");
    const driver = driverOf(stated, tools);
    return await cutUpdate({ tools, driver, upgrade, ...releasePair() });
  });
  for (const step of cutStepsOf(stated.kind)) {
    testTrial(
      trial,
      checkOf(stated.kind, step),
      { claim: "C17", title: titles[step] },
      (seen, tools) => judgeStep(step, seen, tools),
    );
  }
  for (const name of nodeDiskNames) {
    testTrial(
      trial,
      checkOf(stated.kind, name),
      { claim: name === "etc" ? "C17" : "C27", title: titles[name] },
      ({ nodeDisks }, tools) => {
        const cut = nodeDisks.get(name) ?? unsupported("The node has no such disk of its own");
        judgeNodeDisk(cut, tools);
      },
    );
  }
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
  // Without these the log would be no witness: nothing would have been written.
  expect(log.flushes, "flushes in the log").toBeGreaterThan(0);
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

const judgeNodeDisk = ({ cuts, booted }: NodeDiskCut, tools: CheckTools): void => {
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

const judgeStep = (name: CutStepName, { steps }: CutSeen, tools: CheckTools): void => {
  const step = steps.get(name) ?? fail(`The step ${name} was not made`);
  const { evidence } = tools;
  const { cuts, booted, old, next } = step;
  const { marks } = cuts;
  tellOf(cuts, booted.length, tools);
  evidence("marks", marks.map((mark) => `${mark.name} at entry ${mark.index}`).join(", "));
  for (const { name: state, seen: found, durationMs } of booted)
    evidence("boot", `${state}: ${found} after ${(durationMs / 1000).toFixed(1)} s`);
  // Without these the log would be no witness: nothing would have been asked.
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
