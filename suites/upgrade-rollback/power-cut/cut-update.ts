// Two recorded machines a driver. The first is updated to v2. The second starts v2 for the first time, with all that a loader which
// counts tries and those who bless a boot write then, and goes back to v1 where that is told by the disk. Each log is judged as a
// whole, the machine's start and end included.
import {
  agentOf,
  type BootedMachine,
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
import { tooLate, watchedDeadline } from "../../node-runtime/watched-deadline.ts";
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

export interface CutPlan {
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
  readonly v1: Release;
  readonly v2: Release;
  readonly upgrade: PromisedUpgrade;
}

/** A step that was recorded, and is yet to be judged. */
export interface CutStep {
  readonly name: CutStepName;
  readonly step: RecordedStep;
  /** The releases before and after it. */
  readonly old: Release;
  readonly next: Release;
  readonly oracle: () => Promise<Oracle>;
}

export interface JudgedStep extends CutStep {
  readonly cuts: PowerCuts;
}

export interface CutUpdate extends JudgedStep {
  /** What was left on the disks of the node's own before it. */
  readonly left: LeftFiles;
}

export const checkOf = (
  driver: UpdateDriver["kind"],
  step: CutStepName | NodeDiskName | "recovery",
): string => `upgrade-rollback/power-cut/${driver}/${step}`;

/** Records and judges the step `v2`. */
export const cutUpdate = async (plan: CutPlan): Promise<CutUpdate> => {
  const { tools, driver, v1, v2 } = plan;
  const attached = [attachedPayload(withPayload(v2))];
  let left: LeftFiles = new Map();
  const step = await recordStep({
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
  const pair = { oldDisk: rawDiskOf(v1), nextDisk: rawDiskOf(v2) };
  const oracle = (): Promise<Oracle> => releaseOracle(pair);
  return { ...(await judged(plan, { name: "v2", step, old: v1, next: v2, oracle })), left };
};

/** Records the step after it, on the disks that it left, with what is written to the node's own. */
export const cutNext = async (plan: CutPlan, { step }: CutUpdate): Promise<CutStep> => {
  const alsoRecorded = nodeDisksOf().map(({ serial }) => serial);
  const second = plan.driver.kind === "ab" ? firstBoot : wayBack;
  return await second({ ...plan, alsoRecorded }, step);
};

/** Judges and boots states of one of the node's own disks; undefined where it has no such. */
export const cutNodeDiskOf = async (
  { tools, driver }: CutPlan,
  name: NodeDiskName,
  { left }: CutUpdate,
  { step }: CutStep,
): Promise<NodeDiskCut | undefined> => {
  const disk = nodeDisksOf().find((one) => one.name === name);
  const writes = disk === undefined ? undefined : step.otherWrites.get(disk.serial);
  if (disk === undefined || writes === undefined) return undefined;
  const check = checkOf(driver.kind, name);
  const boots = nodeDiskBoots[level()];
  return await cutNodeDisk({
    ...{ tools, kind: driver.kind, check, disk, left, step, writes, boots },
  });
};

/** Half as many as of the system's disk. */
const nodeDiskBoots = { quick: 0, standard: 5, full: 25 } as const;

interface SecondPlan extends CutPlan {
  /** Serials of the node's own disks. */
  readonly alsoRecorded: readonly string[];
}

/**
 * The way back of two slots is a variable of the firmware, which is on no disk. What is cut in its place is the boot in which the
 * loader counts a try and the node says that it was good.
 */
const firstBoot = async (plan: SecondPlan, { contents }: RecordedStep): Promise<CutStep> => {
  const { tools, alsoRecorded, v1, v2 } = plan;
  const step = await recordStep({
    ...{ tools, alsoRecorded },
    configuration: "ab-cut-first-boot",
    variant: { contents },
    hasMarks: false,
    act: async (_agent, machine) => {
      const trouble = await notBlessed(machine, tools);
      if (trouble !== undefined) fail(trouble);
    },
  });
  const pair = { oldDisk: rawDiskOf(v1), nextDisk: rawDiskOf(v2) };
  const oracle = (): Promise<Oracle> => settledOracle(pair, "os_1.conf");
  return { name: "first-boot", step, old: v2, next: v2, oracle };
};

/**
 * Waits until the node has said that its new release is good. Returns what is in the way of that; the check ends here where the time
 * is over and the machine waited for the host meanwhile.
 */
export const notBlessed = async (
  machine: BootedMachine,
  { slowness }: Pick<TrialTools, "slowness">,
): Promise<string | undefined> => {
  const deadline = watchedDeadline(machine, blessMs * Math.max(1, slowness));
  const bless = await agentOf(machine).waitForUnitUntil(blessUnit, deadline);
  if (bless.isActive) return undefined;
  const trouble = `The new release was not found good: ${bless.reason}`;
  return deadline.remainingMs() <= 0 ? tooLate(deadline, trouble) : trouble;
};

const blessUnit = "systemd-bless-boot.service";
/** On a host of common speed; the node itself waits five minutes for its services. */
const blessMs = 330_000;

const wayBack = async (plan: SecondPlan, { contents }: RecordedStep): Promise<CutStep> => {
  const { tools, alsoRecorded, driver, v1, v2 } = plan;
  const step = await recordStep({
    ...{ tools, alsoRecorded },
    configuration: `${driver.kind}-cut-back`,
    variant: { attached: [attachedPayload(withPayload(v2))], contents },
    act: (agent) => driver.rollBack(agent, v1),
  });
  const pair = { oldDisk: rawDiskOf(v2), nextDisk: rawDiskOf(v1) };
  const oracle = (): Promise<Oracle> => releaseOracle(pair);
  return { name: "back", step, old: v2, next: v1, oracle };
};

const rawDiskOf = ({ name, disk, diskFormat = "raw" }: Release): string =>
  diskFormat === "raw"
    ? disk
    : unsupported(
        `Release ${name} is a ${diskFormat} file, of which no oracle can tell what must be on the disk`,
      );

export const judged = async (
  { tools, driver }: Pick<CutPlan, "tools" | "driver">,
  recorded: CutStep,
): Promise<JudgedStep> => {
  const { name, step, oracle } = recorded;
  const check = checkOf(driver.kind, name);
  const cuts = await tools.powerCuts.judge(check, step.writes, await oracle());
  return { ...recorded, cuts };
};

/** Boots as many of its states as the level says. */
export const bootedOf = async (
  { tools, driver }: CutPlan,
  { name, step, cuts }: JudgedStep,
): Promise<readonly BootedState[]> => {
  // Bad states are the verdict already; `bootwright repro` boots them.
  const isBad = cuts.bad.length > 0;
  const representatives = isBad ? [] : cuts.representatives.slice(0, powerCutLevels[level()].boots);
  return await bootStates({
    ...{ tools, driver, step, representatives },
    name: `${driver.kind}-${name}-state`,
  });
};
