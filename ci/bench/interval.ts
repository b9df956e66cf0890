export interface Interval {
  readonly median: number;
  /** Of the middle 95 % of what re-sampling gives. */
  readonly low: number;
  readonly high: number;
}

const resamples = 4000;

/**
 * The median with its bootstrap 95 % interval (percentile method): how far another series of the same length could
 * have come out elsewhere. The random numbers are the same each time, so the same series gives the same interval.
 */
export const medianInterval = (values: readonly number[]): Interval => {
  const random = mulberry32(1);
  const medians = Array.from({ length: resamples }, () =>
    medianOf(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  ).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    medians[Math.min(resamples - 1, Math.floor(share * resamples))] ?? Number.NaN;
  return { median: medianOf(values), low: at(0.025), high: at(0.975) };
};

export const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** A small generator with a fixed seed; quality enough for re-sampling. */
const mulberry32 = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
