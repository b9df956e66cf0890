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
import type { PromisedUpgrade } from "../node-changes.ts";
import { attachedPayload, withPayload } from "../payload.ts";
import { type BootedState, bootStates } from "./booted-states.ts";
import {
  cutNodeDisk,
  type LeftFiles,
  leaveFiles,
  type NodeDiskCut,
  type NodeDiskName,
  nodeDisksOf,
} from "./node-disks.ts";
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
  readonly upgrade: PromisedUpgrade;
}

export interface CutSeen {
  readonly steps: ReadonlyMap<CutStepName, CutStep>;
  /** Disks of the node's own that the second machine had. */
  readonly nodeDisks: ReadonlyMap<NodeDiskName, NodeDiskCut>;
}

export const checkOf = (driver: UpdateDriver["kind"], step: CutStepName | NodeDiskName): string =>
  `upgrade-rollback/power-cut/${driver}/${step}`;

/** Records, judges and boots states of both steps. */
export const cutUpdate = async (plan: CutPlan): Promise<CutSeen> => {
  const { tools, driver, v1, v2 } = plan;
  const attached = [attachedPayload(withPayload(v2))];
  const disks = nodeDisksOf();
  let left: LeftFiles = new Map();
  const updated = await recordStep({
    tools,
    configuration: `${driver.kind}-cut-v2`,
    variant: { attached },
    prepare: async (agent) => {
      left = await leaveFiles(agent, plan.upgrade);
    },
    act: async (agent) => {
      await driver.stage(agent, v2);
      await driver.activate(agent, v2);
    },
  });
  const update = await judged(plan, "v2", updated, {
    ...{ old: v1, next: v2 },
    oracle: await releaseOracle({ oldDisk: rawDiskOf(v1), nextDisk: rawDiskOf(v2) }),
  });
  const alsoRecorded = disks.map(({ serial }) => serial);
  const second = driver.kind === "ab" ? firstBoot : wayBack;
  const { name, step, judge } = await second({ ...plan, alsoRecorded }, updated);
  const nodeDisks = new Map<NodeDiskName, NodeDiskCut>();
  const seen = {
    steps: new Map([["v2", update] as const, [name, await judge()] as const]),
    nodeDisks,
  };
  const boots = nodeDiskBoots[level()];
  for (const disk of disks) {
    const writes = step.otherWrites.get(disk.serial);
    if (writes === undefined) continue;
    const check = checkOf(driver.kind, disk.name);
    const cut = await cutNodeDisk({
      ...{ tools, kind: driver.kind, check, disk, left, step, writes, boots },
    });
    nodeDisks.set(disk.name, cut);
  }
  return seen;
};

/** Half as many as of the system's disk. */
const nodeDiskBoots = { quick: 0, standard: 5, full: 25 } as const;

interface SecondPlan extends CutPlan {
  /** Serials of the node's own disks. */
  readonly alsoRecorded: readonly string[];
}

/** A step that was recorded, and is yet to be judged. */
interface SecondStep {
  readonly name: CutStepName;
  readonly step: RecordedStep;
  readonly judge: () => Promise<CutStep>;
}

/**
 * The way back of two slots is a variable of the firmware, which is on no disk. What is cut in its place is the boot in which the
 * loader counts a try and the node says that it was good.
 */
const firstBoot = async (plan: SecondPlan, { contents }: RecordedStep): Promise<SecondStep> => {
  const { tools, alsoRecorded, v1, v2 } = plan;
  const step = await recordStep({
    ...{ tools, alsoRecorded },
    configuration: "ab-cut-first-boot",
    variant: { contents },
    hasMarks: false,
    act: async (agent) => {
      const deadline = deadlineAfter(blessMs * Math.max(1, tools.slowness));
      const bless = await agent.waitForUnitUntil(blessUnit, deadline);
      if (!bless.isActive) fail(`The new release was not found good: ${bless.reason}`);
    },
  });
  const pair = { oldDisk: rawDiskOf(v1), nextDisk: rawDiskOf(v2) };
  const judge = async (): Promise<CutStep> => {
    const oracle = await settledOracle(pair, "os_1.conf");
    return await judged(plan, "first-boot", step, { old: v2, next: v2, oracle });
  };
  return { name: "first-boot", step, judge };
};

const blessUnit = "systemd-bless-boot.service";
/** On a host of common speed; the node itself waits five minutes for its services. */
const blessMs = 330_000;

const wayBack = async (plan: SecondPlan, { contents }: RecordedStep): Promise<SecondStep> => {
  const { tools, alsoRecorded, driver, v1, v2 } = plan;
  const step = await recordStep({
    ...{ tools, alsoRecorded },
    configuration: `${driver.kind}-cut-back`,
    variant: { attached: [attachedPayload(withPayload(v2))], contents },
    act: (agent) => driver.rollBack(agent, v1),
  });
  const pair = { oldDisk: rawDiskOf(v2), nextDisk: rawDiskOf(v1) };
  const judge = async (): Promise<CutStep> =>
    await judged(plan, "back", step, { old: v2, next: v1, oracle: await releaseOracle(pair) });
  return { name: "back", step, judge };
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
