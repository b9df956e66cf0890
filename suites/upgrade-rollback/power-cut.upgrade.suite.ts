import {
  defineTrial,
  level,
  powerCutLevels,
  profile,
  skip,
  type TrialTools,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { driverOf } from "./driver-of.ts";
import {
  bootedOf,
  type CutPlan,
  checkOf,
  cutNext,
  cutNodeDiskOf,
  cutStepsOf,
  cutUpdate,
  judged,
} from "./power-cut/cut-update.ts";
import { judgeRecoveries } from "./power-cut/judge-recoveries.ts";
import { judgeNodeDisk, judgeStep } from "./power-cut/judge-step.ts";
import { nodeDiskNames } from "./power-cut/node-disks.ts";
import { recover } from "./power-cut/recoveries.ts";
import { releasePair } from "./releases.ts";

const { upgrade } = profile();

const titles = {
  v2: "A power cut at any time of an update leaves the old release or the new one, whole and bootable, and the new one once the update is acknowledged",
  "first-boot":
    "A power cut at any time of a new release's first boot, in which tries are counted and the boot is blessed, leaves it whole and bootable, and the old one too",
  "data-disk":
    "A power cut at any time of a new release's first boot leaves every file that was on the data disk",
  etc: "A power cut at any time of a new release's first boot leaves what was edited, added and deleted in /etc",
  recovery:
    "A power cut while a node recovers from one leaves the release that had started, whole and bootable",
  back: "A power cut at any time of a new release's first boot, and of the way back, leaves one of the two releases, whole and bootable",
} as const;

/** At level quick the first driver stands for all. */
const tried = (upgrade?.drivers ?? []).slice(0, level() === "quick" ? 1 : undefined);

for (const stated of tried) {
  const planOf = (tools: TrialTools): CutPlan => {
    if (stated.kind === "replace-disk")
      return unsupported(
        "The machine gets another system disk: the node writes nothing that could be cut",
      );
    if (upgrade === undefined) return unsupported("The profile does not say how nodes are updated");
    return { tools, driver: driverOf(stated, tools), upgrade, ...releasePair() };
  };
  // No check asks for these two themselves, so that a run which wants one check boots only what that one needs.
  const update = defineTrial((tools) => cutUpdate(planOf(tools)));
  const next = defineTrial(async (tools) => cutNext(planOf(tools), await tools.seenBy(update)));
  for (const name of cutStepsOf(stated.kind)) {
    const trial = defineTrial(async (tools) => {
      const plan = planOf(tools);
      const step = await (name === "v2"
        ? tools.seenBy(update)
        : judged(plan, await tools.seenBy(next)));
      return { step, booted: await bootedOf(plan, step) };
    });
    testTrial(trial, checkOf(stated.kind, name), { claim: "C17", title: titles[name] }, judgeStep);
  }
  for (const name of nodeDiskNames) {
    const trial = defineTrial(async (tools) => {
      const [updated, step] = [await tools.seenBy(update), await tools.seenBy(next)];
      const cut = await cutNodeDiskOf(planOf(tools), name, updated, step);
      return cut ?? unsupported("The node has no such disk of its own");
    });
    const claim = name === "etc" ? "C17" : "C27";
    testTrial(trial, checkOf(stated.kind, name), { claim, title: titles[name] }, judgeNodeDisk);
  }
  if (powerCutLevels[level()].recoveries === 0) continue;
  const recovered = defineTrial(async (tools) => {
    const plan = planOf(tools);
    const updated = await tools.seenBy(update);
    if (updated.cuts.bad.length > 0) return skip("Step v2 has bad states already");
    return { ...plan, recoveries: await recover(plan, updated) };
  });
  const title = titles.recovery;
  testTrial(recovered, checkOf(stated.kind, "recovery"), { claim: "C17", title }, judgeRecoveries);
}
