// Which crash states are made of a log. Between two flushes any subset of n writes is legal, which are 2^n. Made are: the
// prefixes at every entry, each with its last write torn; and at every flush and every mark all subsets where n <= 6,
// else none, all but one, only one, and 8 seeded ones. At flushes alone a run without flushes would show nothing: on a
// `nobarrier` mount 0 bad states after ACK without the subsets at the mark, 50 with them (measured 2026-11-30).
import {
  type CrashState,
  type CutPoint,
  crashState,
  crashStateOfName,
  type Subset,
  type Torn,
} from "./crash-state.ts";
import { type CutPoints, cutPointsOf } from "./cut-points.ts";
import { isMarkEntry, type Mark, readMarks } from "./marks.ts";
import { seededNumbers } from "./seeded-numbers.ts";
import type { LogEntry, WriteEntry, WriteLog } from "./write-log.ts";

/** before: nothing was asked for. under-way: an update was, and is not acknowledged. acknowledged: it is done. */
export type Phase = "before" | "under-way" | "acknowledged";

export interface PhasedState extends CrashState {
  readonly phase: Phase;
  /** Step of the update: that of the last BEGIN. */
  readonly step: number;
}

export interface CrashStates {
  readonly marks: readonly Mark[];
  /** Every state, in the order of the log; made as they are taken. */
  all(): Generator<PhasedState>;
  /**
   * One of each epoch (from one flush or mark to the next) and up to half of `count` around each acknowledgement, where an update becomes
   * visible; then any, up to `count` in all.
   */
  sample(count: number): Generator<PhasedState>;
  count(): number;
  /** @throws {UsageError} when no state has the name. */
  named(name: string): PhasedState;
}

export interface CrashStatesOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Where the marks lie on the disk. */
  readonly markOffset: number;
  /** Of what was written before the first mark: a log of the boot after an update is acknowledged. Default `before`. */
  readonly startPhase?: Phase;
  /** What the disk writes whole or not at all, where it is aligned: 512 of any, 4096 of one with such sectors. Default 512. */
  readonly atomicBytes?: number;
}

const sectorBytes = 512;
/** The superblock begins at byte 1024 and has 1024 (Documentation/filesystems/ext4, "Super Block"). */
const superblockCut = 3;
const allSubsetsUpTo = 6;
const randomSubsets = 8;

export const crashStatesOf = (log: WriteLog, options: CrashStatesOptions): CrashStates => {
  const enumeration = new Enumeration(log, options);
  return {
    marks: enumeration.marks,
    all: () => enumeration.all(),
    count: () => enumeration.count(),
    sample: (count) => enumeration.sample(count),
    named: (name) => enumeration.named(name),
  };
};

/** A state that is not made yet. */
interface Planned {
  readonly point: CutPoint;
  readonly subset: Subset;
  readonly torn?: Torn;
  readonly epoch: number;
}

class Enumeration {
  readonly marks: readonly Mark[];
  readonly #log: WriteLog;
  readonly #points: CutPoints;
  readonly #seed: number;
  readonly #startPhase: Phase;
  readonly #atomicBytes: number;
  readonly #markAt: ReadonlyMap<number, Mark>;

  constructor(log: WriteLog, options: CrashStatesOptions) {
    const { markOffset, seed = 1, startPhase = "before", atomicBytes = sectorBytes } = options;
    this.marks = readMarks(log, markOffset);
    this.#log = log;
    this.#points = cutPointsOf(log.entries, (entry) => isMarkEntry(entry, markOffset));
    this.#seed = seed;
    this.#startPhase = startPhase;
    this.#atomicBytes = atomicBytes;
    this.#markAt = new Map(this.marks.map((mark) => [mark.index, mark]));
  }

  *all(): Generator<PhasedState> {
    for (const planned of this.#planned()) yield this.#made(planned);
  }

  count(): number {
    let count = 0;
    for (const _ of this.#planned()) count += 1;
    return count;
  }

  *sample(count: number): Generator<PhasedState> {
    const sizes = new Map<number, number>();
    const acknowledged = this.marks.filter(({ name }) => name === "ACK").map(({ index }) => index);
    const places: number[] = [];
    let total = 0;
    for (const { epoch, point } of this.#planned()) {
      if (point.entry === acknowledged[places.length]) places.push(total);
      sizes.set(epoch, (sizes.get(epoch) ?? 0) + 1);
      total += 1;
    }
    const around = places.flatMap((place) => placesAround(place, Math.floor(count / 2), total));
    const chosen = this.#chosenOf([...sizes.values()], around, count);
    let place = 0;
    for (const planned of this.#planned()) {
      if (chosen.has(place)) yield this.#made(planned);
      place += 1;
    }
  }

  named(name: string): PhasedState {
    const state = crashStateOfName(name, (entry) => this.#points.at(entry));
    return { ...state, ...this.#phaseAt(state.entry) };
  }

  /** Places in the order of all states: those wanted, one of each epoch, then any. */
  #chosenOf(
    sizes: readonly number[],
    wanted: readonly number[],
    count: number,
  ): ReadonlySet<number> {
    const next = seededNumbers(`sample.${this.#seed}`);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const chosen = new Set<number>(wanted);
    let start = 0;
    for (const size of sizes) {
      chosen.add(start + Math.floor(next() * size));
      start += size;
    }
    const others = Array.from({ length: total }, (_, place) => place).filter(
      (place) => !chosen.has(place),
    );
    // A shuffle that stops when there are enough.
    for (let at = 0; at < others.length && chosen.size < count; at += 1) {
      const from = at + Math.floor(next() * (others.length - at));
      const [here, there] = [others[at], others[from]];
      if (here === undefined || there === undefined) break;
      others[from] = here;
      chosen.add(there);
    }
    return chosen;
  }

  *#planned(): Generator<Planned> {
    const end =
      this.marks.findLast(({ name }) => name === "END")?.index ?? Number.POSITIVE_INFINITY;
    let epoch = 0;
    for (const point of this.#points.all()) {
      if (point.entry > end) return;
      for (const state of this.#plannedAt(point)) yield { point, ...state, epoch };
      const isBorder = this.#log.entries[point.entry]?.isFlush || this.#markAt.has(point.entry);
      if (isBorder) epoch += 1;
    }
  }

  *#plannedAt(point: CutPoint): Generator<Omit<Planned, "point" | "epoch">> {
    const entry = this.#log.entries[point.entry];
    if (entry === undefined) return;
    const isMark = this.#markAt.has(point.entry);
    // What a flush leaves is what the entry before it left; after a mark the same bytes are judged by another rule.
    if (isMark || isChange(entry, point)) yield { subset: { kind: "prefix" } };
    if (entry.kind === "write" && !isMark) {
      for (const sectors of this.#cutsOf(entry)) {
        yield { subset: { kind: "prefix" }, torn: { index: point.entry, sectors } };
      }
    }
    if (entry.isFlush || isMark) {
      for (const subset of this.#subsetsOf(point)) yield { subset };
    }
  }

  /**
   * In sectors: after its first unit, before its last, and at a seeded one; of a block of 4 KiB also where ext4's superblock, which is two
   * sectors of the first one, would be torn.
   */
  #cutsOf({ index, startByte, sizeBytes }: WriteEntry): ReadonlySet<number> {
    const unit = this.#atomicBytes;
    const first = (Math.floor(startByte / unit) + 1) * unit - startByte;
    const count = Math.ceil((sizeBytes - first) / unit);
    if (count < 1) return new Set();
    const next = seededNumbers(`torn.${this.#seed}.${index}`);
    const chosen = [0, count - 1, Math.floor(next() * count)];
    const cuts = chosen.map((turn) => (first + turn * unit) / sectorBytes);
    const isBlock = unit === sectorBytes && sizeBytes === 4096;
    return new Set([...cuts, ...(isBlock ? [superblockCut] : [])]);
  }

  *#subsetsOf({ pending }: CutPoint): Generator<Subset> {
    if (pending.length <= allSubsetsUpTo) {
      // The last one is the prefix.
      for (let bits = 0; bits < 2 ** pending.length - 1; bits += 1) yield { kind: "mask", bits };
      return;
    }
    yield { kind: "none" };
    // `pending` is not changed before the next point is asked for.
    for (const index of pending) yield { kind: "drop", index };
    for (const index of pending) yield { kind: "only", index };
    for (let turn = 0; turn < randomSubsets; turn += 1) {
      yield { kind: "random", seed: this.#seed, turn };
    }
  }

  #made({ point, subset, torn }: Planned): PhasedState {
    return { ...crashState(point, subset, torn), ...this.#phaseAt(point.entry) };
  }

  #phaseAt(entry: number): { readonly phase: Phase; readonly step: number } {
    const last = this.marks.findLast(({ name, index }) => index <= entry && name !== "END");
    if (last === undefined) return { phase: this.#startPhase, step: 0 };
    return { phase: last.name === "ACK" ? "acknowledged" : "under-way", step: last.step };
  }
}

/** Three quarters of them before it: what comes after is durable for the most part. */
const placesAround = (place: number, count: number, total: number): readonly number[] => {
  const first = Math.max(0, place - Math.floor((count * 3) / 4));
  return Array.from({ length: Math.min(count, total - first) }, (_, index) => first + index);
};

const isChange = ({ kind }: LogEntry, { entry, pending }: CutPoint): boolean =>
  (kind === "write" || kind === "discard") && (pending.at(-1) === entry || kind === "write");
