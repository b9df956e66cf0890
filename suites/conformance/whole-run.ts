// What a trial of specs does in a machine that is ready for them, whatever program runs them: the registry serves their images, each
// spec is told as it ends, and the program's own reports are read when the machine is off.
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  type TrialTools,
} from "../../harness/index.ts";
import { whileServed } from "./guest-registry.ts";
import { type CostCounts, costSince, countCost } from "./harness-cost.ts";
import type { SpecRun, SpecRunOptions, SpecSeen } from "./run-specs.ts";
import { type SkipFacts, type SpecSkip, skipFacts, skipOf } from "./spec-skips.ts";

export interface JudgedSpec extends SpecSeen {
  /** The skip that holds for it in this guest. */
  readonly skipped: SpecSkip | undefined;
}

/** What is known when all of it is over. */
export interface WholeRun {
  readonly facts: SkipFacts;
  readonly run: SpecRun;
  readonly seen: ReadonlyMap<string, SpecSeen>;
  /** The registry's last lines. */
  readonly served: readonly string[];
  /** What the program wrote down itself, by file names. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly wallMs: number;
  /** What the harness took of the guest meanwhile; undefined where it could not be asked any more. */
  readonly cost: CostCounts | undefined;
}

/** A machine with all that the specs need. */
export interface SpecMachine {
  readonly machine: BootedMachine;
  /** The version of its containerd, as in `1.7.24`. */
  readonly version: string;
  readonly resultsDisk: Awaited<ReturnType<TrialTools["makeFileSystem"]>>;
  /** Of the same disk in the guest, as in `/dev/vdc`. */
  readonly resultsDevice: string;
}

export type Watcher = Required<Pick<SpecRunOptions, "onSeen" | "onRunning">>;

export interface SpecWork {
  readonly skips: readonly SpecSkip[];
  readonly tell: (id: string, seen: JudgedSpec) => void;
  readonly begun: (id: string) => void;
  /** Runs the specs; resolves to what is known of them and the files of the reports. */
  readonly run: (
    watcher: Watcher,
  ) => Promise<{ readonly run: SpecRun; readonly reports: readonly string[] }>;
}

/** Has the specs run and the machine powered off. */
export const wholeRun = async (
  tools: TrialTools,
  { machine, version, resultsDisk, resultsDevice: device }: SpecMachine,
  { skips, tell, begun, run: work }: SpecWork,
): Promise<WholeRun> => {
  const agent: AgentClient = agentOf(machine);
  const today = new Date().toISOString().slice(0, 10);
  const facts = await skipFacts(agent, skips, { containerd: version, today });
  const seen = new Map<string, SpecSeen>();
  const costBefore = await countCost(agent, device);
  const startedMs = performance.now();
  const watcher: Watcher = {
    onRunning: ({ id }) => begun(id),
    onSeen: (spec, one) => {
      seen.set(spec.id, one);
      tell(spec.id, { ...one, skipped: skipOf(spec, skips, facts) });
    },
  };
  const { done, served } = await whileServed(agent, tools, () => work(watcher));
  const { run, reports } = done;
  const wallMs = performance.now() - startedMs;
  const cost = await costSince(costBefore, { agent, device, run });
  await tools.powerOff(machine);
  const files = await tools.readBack(machine, resultsDisk, reports);
  return { facts, run, served, seen, files, wallMs, cost };
};
