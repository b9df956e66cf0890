// A power cut while a node recovers from one. A machine is booted from a crash state of the update and all that it writes is recorded:
// the kernel that replays journals, the loader that counts a try, the node that finds its release good, its own end. Nobody has
// asked for anything meanwhile, so a new release that started must stay the one that does, whole, whenever the power goes again; an old
// one too, unless the update was under way.
import {
  agentOf,
  type DiskContents,
  level,
  type Oracle,
  type PowerCuts,
  powerCutLevels,
  recordedDisk,
} from "../../../harness/index.ts";
import type { Representative } from "./booted-states.ts";
import { type CutPlan, checkOf, type JudgedStep, notBlessed } from "./cut-update.ts";
import { systemSerial } from "./recorded-step.ts";
import { recoveryStarts } from "./recovery-starts.ts";

export interface Recovery {
  /** The crash state that it began from. */
  readonly from: Representative;
  /** Of the release that came up; undefined when none did. */
  readonly identity: string | undefined;
  /** In words. */
  readonly seen: string;
  /** Why the release that came up was not found good. */
  readonly trouble?: string | undefined;
  /** Undefined when there was no recovery to be judged. */
  readonly cuts?: PowerCuts;
}

/** Recoveries from states of the step `v2`, as many as the level says. */
export const recover = async (plan: CutPlan, update: JudgedStep): Promise<readonly Recovery[]> => {
  const oracle = await update.oracle();
  const { recoveries: count } = powerCutLevels[level()];
  const recoveries: Recovery[] = [];
  for (const from of recoveryStarts(update.cuts.representatives, count))
    recoveries.push(await recoverFrom(from, plan, update, oracle));
  return recoveries;
};

const recoverFrom = async (
  from: Representative,
  { tools, driver }: CutPlan,
  { step }: JudgedStep,
  oracle: Oracle,
): Promise<Recovery> => {
  // There until its recovery is judged: the log holds only what was written over it.
  using made = await tools.powerCuts.rebuild(step.writes, from.name);
  const contents: DiskContents = { ...step.contents, [systemSerial]: made.disk };
  const tried = await tools.tryBoot(`${driver.kind}-recovery`, {
    ...{ contents, isSystemWritable: true, recordWrites: [systemSerial] },
  });
  if (tried.kind === "failed") {
    const { kind, reason } = tried.failure;
    return { from, identity: undefined, seen: `${kind}: ${reason}` };
  }
  const { machine } = tried;
  const agent = agentOf(machine);
  const identity = await driver.version(agent);
  const isCounted = driver.kind === "ab" && from.isWhole === "new";
  const trouble = isCounted ? await notBlessed(machine, tools) : undefined;
  const { markOffset, base: layout } = step.writes;
  const writes = { ...recordedDisk(machine, systemSerial), markOffset, layout };
  const seen = `up with ${identity} after ${(machine.timeline.totalMs / 1000).toFixed(1)} s`;
  await tools.powerOff(machine);
  const startPhase = phaseOf(from);
  const judging = { startPhase, after: from.name } as const;
  const check = checkOf(driver.kind, "recovery");
  const cuts = await tools.powerCuts.judge(check, writes, oracle, judging);
  return { from, identity, seen, trouble, cuts };
};

/**
 * What may start while it recovers. A loader that reads no journal may start the old release from a disk whose journal has the new one
 * as the next; the kernel replays that, and until the update was acknowledged either is right.
 */
const phaseOf = ({ isWhole, phase }: Representative): Representative["phase"] =>
  isWhole === "new" ? "acknowledged" : phase;
