// Two recorded machines a driver. The first is updated to v2. The second starts v2 for the first time, with all that a loader which
// counts tries and those who bless a boot write then, and goes back to v1 where that is told by the disk. Each log is judged as a
// whole, the machine's start and end included.
import {
  deadlineAfter,
  fail,
  level,
  type Oracle,
  type PowerCuts,
  powerCutLevels,
  type Release,
  releaseOracle,
  settledOracle,
  type TrialTools,
  type UpdateDriver,
  unsupported,
} from "../../../harness/index.ts";
import { attachedPayload, withPayload } from "../payload.ts";
import { type BootedState, bootStates } from "./booted-states.ts";
import { type RecordedStep, recordStep } from "./recorded-step.ts";

/** The steps of a driver that are cut. */
export const cutStepsOf = (driver: UpdateDriver["kind"]): readonly CutStepName[] =>
  driver === "ab" ? ["v2", "first-boot"] : ["v2", "back"];

export type CutStepName = "v2" | "first-boot" | "back";

export interface CutStep {
  readonly cuts: PowerCuts;
  readonly booted: readonly BootedState[];
  /** The releases before and after it. */
  readonly old: Release;
  readonly next: Release;
}

export interface CutPlan {
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
  readonly v1: Release;
  readonly v2: Release;
}

export type CutSeen = ReadonlyMap<CutStepName, CutStep>;

export const checkOf = (driver: UpdateDriver["kind"], step: CutStepName): string =>
  `upgrade-rollback/power-cut/${driver}/${step}`;

/** Records, judges and boots states of both steps. */
export const cutUpdate = async (plan: CutPlan): Promise<CutSeen> => {
  const { tools, driver, v1, v2 } = plan;
  const attached = [attachedPayload(withPayload(v2))];
  const updated = await recordStep({
    tools,
    configuration: `${driver.kind}-cut-v2`,
    variant: { attached },
    act: async (agent) => {
      await driver.stage(agent, v2);
      await driver.activate(agent, v2);
    },
  });
  const update = await judged(plan, "v2", updated, {
    ...{ old: v1, next: v2 },
    oracle: await releaseOracle({ oldDisk: rawDiskOf(v1), nextDisk: rawDiskOf(v2) }),
  });
  const second =
    driver.kind === "ab" ? await firstBoot(plan, updated) : await wayBack(plan, updated);
  return new Map([["v2", update], second]);
};

/**
 * The way back of two slots is a variable of the firmware, which is on no disk. What is cut in its place is the boot in which the
 * loader counts a try and the node says that it was good.
 */
const firstBoot = async (
  plan: CutPlan,
  { contents }: RecordedStep,
): Promise<readonly [CutStepName, CutStep]> => {
  const { tools, v1, v2 } = plan;
  const step = await recordStep({
    tools,
    configuration: "ab-cut-first-boot",
    variant: { contents },
    hasMarks: false,
    act: async (agent) => {
      const deadline = deadlineAfter(blessMs * Math.max(1, tools.slowness));
      const bless = await agent.waitForUnitUntil(blessUnit, deadline);
      if (!bless.isActive) fail(`The new release was not found good: ${bless.reason}`);
    },
  });
  const oracle = await settledOracle(
    { oldDisk: rawDiskOf(v1), nextDisk: rawDiskOf(v2) },
    "os_1.conf",
  );
  return ["first-boot", await judged(plan, "first-boot", step, { old: v2, next: v2, oracle })];
};

const blessUnit = "systemd-bless-boot.service";
/** On a host of common speed; the node itself waits five minutes for its services. */
const blessMs = 330_000;

const wayBack = async (
  plan: CutPlan,
  { contents }: RecordedStep,
): Promise<readonly [CutStepName, CutStep]> => {
  const { tools, driver, v1, v2 } = plan;
  const step = await recordStep({
    tools,
    configuration: `${driver.kind}-cut-back`,
    variant: { attached: [attachedPayload(withPayload(v2))], contents },
    act: (agent) => driver.rollBack(agent, v1),
  });
  const oracle = await releaseOracle({ oldDisk: rawDiskOf(v2), nextDisk: rawDiskOf(v1) });
  return ["back", await judged(plan, "back", step, { old: v2, next: v1, oracle })];
};

const rawDiskOf = ({ name, disk, diskFormat = "raw" }: Release): string =>
  diskFormat === "raw"
    ? disk
    : unsupported(
        `Release ${name} is a ${diskFormat} file, of which no oracle can tell what must be on the disk`,
      );

const judged = async (
  { tools, driver }: CutPlan,
  name: CutStepName,
  step: RecordedStep,
  { old, next, oracle }: Pick<CutStep, "old" | "next"> & { readonly oracle: Oracle },
): Promise<CutStep> => {
  const cuts = await tools.powerCuts.judge(checkOf(driver.kind, name), step.writes, oracle);
  // Bad states are the verdict already; `bootwright repro` boots them.
  const isBad = cuts.bad.length > 0;
  const representatives = isBad ? [] : cuts.representatives.slice(0, powerCutLevels[level()].boots);
  const booted = await bootStates({
    ...{ tools, driver, step, representatives },
    name: `${driver.kind}-${name}-state`,
  });
  return { cuts, booted, old, next };
};
