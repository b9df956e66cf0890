import {
  agentOf,
  type DiskContents,
  type PowerCuts,
  sideBySide,
  type TrialTools,
  type UpdateDriver,
} from "../../../harness/index.ts";
import type { RecordedStep } from "./recorded-step.ts";

export type Representative = PowerCuts["representatives"][number];

/** A crash state that a machine was booted from. */
export interface BootedState extends Representative {
  readonly durationMs: number;
  /** Identity of the release that came up; undefined when none did. */
  readonly identity: string | undefined;
  /** In words. */
  readonly seen: string;
}

export interface BootedStatesPlan {
  readonly tools: TrialTools;
  readonly driver: UpdateDriver;
  /** Begins the names of the machines. */
  readonly name: string;
  readonly step: RecordedStep;
  readonly representatives: readonly Representative[];
}

/** What a judgement on bytes says is tried: the guest's own kernel replays its journals, and its loader chooses. */
export const bootStates = async (plan: BootedStatesPlan): Promise<readonly BootedState[]> => {
  const { tools, name, representatives } = plan;
  return await sideBySide(tools.machinesAtOnce(), representatives, (one, index) =>
    bootState(plan, one, `${name}-${index + 1}`),
  );
};

const bootState = async (
  { tools, driver, step }: BootedStatesPlan,
  representative: Representative,
  configuration: string,
): Promise<BootedState> => {
  using made = await tools.powerCuts.rebuild(step.writes, representative.name);
  const contents: DiskContents = { ...step.contents, system: made.disk };
  const tried = await tools.tryBoot(configuration, { contents, isSystemWritable: true });
  if (tried.kind === "failed") {
    const { failure, durationMs } = tried;
    const seen = `${failure.kind}: ${failure.reason}`;
    return { ...representative, durationMs, identity: undefined, seen };
  }
  const { machine } = tried;
  const durationMs = machine.timeline.totalMs;
  const identity = await driver.version(agentOf(machine));
  // Its disks are of no more use, so nothing has to be written out in order.
  await tools.kill(machine);
  return { ...representative, durationMs, identity, seen: `up with ${identity}` };
};
