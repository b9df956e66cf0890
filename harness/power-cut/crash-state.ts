// One legal state of a disk after the power went: what was durable, and any part of what was not. It is plain data with a
// name, from which the same state is made again.
import { UsageError } from "../core/errors.ts";
import { seededNumbers } from "./seeded-numbers.ts";

/** How many 512-byte sectors of a pending write reached the disk: 0 none, Infinity all. */
export type Reach = number;

/** A subset of the writes and discards from `windowStart` to `entry`. */
export interface CrashState {
  /** `ENTRY.SUBSET.TORN`, as in `117.drop-112.whole`. */
  readonly name: string;
  /** Index of the last entry that was completed when the power went. */
  readonly entry: number;
  /** All before is durable. */
  readonly windowStart: number;
  /** What became of a pending write that is not in `exceptions`. */
  readonly others: Reach;
  readonly exceptions: ReadonlyMap<number, Reach>;
}

export type Subset =
  /** Everything, in order. */
  | { readonly kind: "prefix" }
  | { readonly kind: "none" }
  | { readonly kind: "drop"; readonly index: number }
  | { readonly kind: "only"; readonly index: number }
  /** Bit i keeps the i-th pending write. */
  | { readonly kind: "mask"; readonly bits: number }
  | { readonly kind: "random"; readonly seed: number; readonly turn: number };

/** A write of which only the first sectors were written. */
export interface Torn {
  readonly index: number;
  readonly sectors: number;
}

/** Where the power goes: at the end of `entry`, while these writes are pending. */
export interface CutPoint {
  readonly entry: number;
  readonly windowStart: number;
  readonly pending: readonly number[];
}

export const crashState = (point: CutPoint, subset: Subset, torn?: Torn): CrashState => {
  const { entry, windowStart } = point;
  const { others, exceptions } = reachOf(point, subset);
  if (torn !== undefined) exceptions.set(torn.index, torn.sectors);
  return { name: nameOf(entry, subset, torn), entry, windowStart, others, exceptions };
};

const whole = Number.POSITIVE_INFINITY;

const reachOf = (
  { entry, pending }: CutPoint,
  subset: Subset,
): { readonly others: Reach; readonly exceptions: Map<number, Reach> } => {
  switch (subset.kind) {
    case "prefix":
      return { others: whole, exceptions: new Map() };
    case "none":
      return { others: 0, exceptions: new Map() };
    case "drop":
      return { others: whole, exceptions: new Map([[subset.index, 0]]) };
    case "only":
      return { others: 0, exceptions: new Map([[subset.index, whole]]) };
    case "mask": {
      const kept = pending.filter((_, bit) => Math.floor(subset.bits / 2 ** bit) % 2 === 1);
      return { others: 0, exceptions: new Map(kept.map((index) => [index, whole])) };
    }
    case "random": {
      const next = seededNumbers(`${subset.seed}.${entry}.${subset.turn}`);
      const kept = pending.filter(() => next() < 0.5);
      return { others: 0, exceptions: new Map(kept.map((index) => [index, whole])) };
    }
  }
};

const nameOf = (entry: number, subset: Subset, torn: Torn | undefined): string =>
  [
    entry,
    subsetName(subset),
    torn === undefined ? "whole" : `torn-${torn.index}-${torn.sectors}`,
  ].join(".");

const subsetName = (subset: Subset): string => {
  if (subset.kind === "drop" || subset.kind === "only") return `${subset.kind}-${subset.index}`;
  if (subset.kind === "mask") return `mask-${subset.bits}`;
  if (subset.kind === "random") return `random-${subset.seed}-${subset.turn}`;
  return subset.kind;
};

const pattern =
  /^(?<entry>\d{1,9})\.(?<kind>prefix|none|drop|only|mask|random)(?:-(?<first>\d{1,10}))?(?:-(?<second>\d{1,3}))?\.(?:whole|torn-(?<index>\d{1,9})-(?<sectors>\d{1,9}))$/;

/**
 * The state of that name.
 * @param pointAt the cut point at an entry; undefined where the log has no such entry.
 * @throws {UsageError} when no state of this log has the name.
 */
export const crashStateOfName = (
  name: string,
  pointAt: (entry: number) => CutPoint | undefined,
): CrashState => {
  const { entry, kind, first, second, index, sectors } = pattern.exec(name)?.groups ?? {};
  const point = pointAt(Number(entry));
  const subset = subsetOf(kind, first, second);
  const torn = index === undefined ? undefined : { index: Number(index), sectors: Number(sectors) };
  const isPending = (one: number): boolean => point?.pending.includes(one) === true;
  const isKnown =
    (subset === undefined || !("index" in subset) || isPending(subset.index)) &&
    // The write that is under way may be torn also where it would be durable by itself.
    (torn === undefined || torn.index === point?.entry || isPending(torn.index));
  const state =
    point === undefined || subset === undefined || !isKnown
      ? undefined
      : crashState(point, subset, torn);
  if (state?.name === name) return state;
  throw new UsageError(`Expected the name of a crash state of this log, but got ${name}`, {
    hint: "Take a name from the report of the run that made the log, as in 117.drop-112.whole",
  });
};

const subsetOf = (
  kind: string | undefined,
  first: string | undefined,
  second: string | undefined,
): Subset | undefined => {
  if (kind === "prefix" || kind === "none") return { kind };
  if (kind === "drop" || kind === "only") return { kind, index: Number(first) };
  if (kind === "mask") return { kind, bits: Number(first) };
  if (kind === "random") return { kind, seed: Number(first), turn: Number(second) };
  return undefined;
};
