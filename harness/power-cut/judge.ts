// Judges the crash states of a log one after the other, on one working disk.
import type { PhasedState } from "./crash-states.ts";
import type { ViewFactory } from "./disk-view.ts";
import type { Judgement, Oracle } from "./oracle.ts";
import { type OutcomeClass, OutcomeClasses, type Representative } from "./outcome-classes.ts";
import { faultsOf } from "./rule.ts";
import type { WorkingDisk } from "./working-disk.ts";

export interface BadState {
  /** Names the log's entry, the subset of the pending writes with its seed, and the torn write. */
  readonly name: string;
  readonly phase: PhasedState["phase"];
  readonly outcome: string;
  readonly faults: readonly string[];
}

export interface Judged {
  readonly figures: JudgedFigures;
  /** The first thousand. */
  readonly bad: readonly BadState[];
  readonly classes: readonly OutcomeClass[];
  /** For booting, the most telling first. */
  readonly representatives: readonly Representative[];
}

export interface JudgedFigures {
  readonly states: number;
  readonly bad: number;
  /** States whose bytes no state before had. */
  readonly distinct: number;
  /** Runs of e2fsck. */
  readonly replays: number;
  readonly durationMs: number;
  /** Of one state, from the state before it to its judgement. */
  readonly medianMs: number;
  readonly slowestMs: number;
}

export interface JudgeOptions {
  readonly oracle: Oracle;
  /** Called after each state. */
  readonly onState?: (done: number) => void;
  readonly signal?: AbortSignal;
}

const maxBadStates = 1000;

export const judgeStates = async (
  states: Iterable<PhasedState>,
  disk: WorkingDisk,
  views: ViewFactory,
  { oracle, onState, signal }: JudgeOptions,
): Promise<Judged> => {
  const durations: number[] = [];
  let lastMs = performance.now();
  const startedAt = lastMs;
  const bad: BadState[] = [];
  const classes = new OutcomeClasses();
  const known = new Map<string, Judgement>();
  const whole = { startByte: 0, sizeBytes: disk.sizeBytes };
  let count = 0;
  let badCount = 0;
  for (const state of states) {
    signal?.throwIfAborted();
    disk.moveTo(state);
    const key = disk.contentKey(whole);
    const judgement = known.get(key) ?? (await oracle.judge(views.view()));
    known.set(key, judgement);
    const faults = faultsOf(state.phase, judgement);
    classes.add(state, judgement, faults.length > 0);
    count += 1;
    if (faults.length > 0) {
      badCount += 1;
      const { name, phase } = state;
      if (bad.length < maxBadStates) bad.push({ name, phase, outcome: judgement.outcome, faults });
    }
    const nowMs = performance.now();
    durations.push(nowMs - lastMs);
    lastMs = nowMs;
    onState?.(count);
  }
  durations.sort((a, b) => a - b);
  return {
    figures: {
      ...{ states: count, bad: badCount, distinct: known.size, replays: views.replays },
      durationMs: lastMs - startedAt,
      medianMs: durations[Math.floor(durations.length / 2)] ?? 0,
      slowestMs: durations.at(-1) ?? 0,
    },
    bad,
    classes: classes.all(),
    representatives: classes.representatives(),
  };
};
