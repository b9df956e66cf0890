import { type Interval, medianInterval, medianOf } from "./interval.ts";
import type { Measurement, Target } from "./measurement.ts";

/** What is compared with the target: the median of the pairs' ratios, or of the values. */
export const intervalOf = (measurement: Measurement): Interval =>
  medianInterval(
    measurement.kind === "ratio"
      ? measurement.pairs.map(({ ours, bare }) => ours / bare)
      : measurement.values,
  );

/** A plain table, one measurement a row. */
export const toTable = (measurements: readonly Measurement[]): string => {
  const rows = [
    ["measurement", "median", "95 % interval", "n", "target", "", "ours / bare (medians)"],
    ...measurements.map(rowOf),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

const rowOf = (measurement: Measurement): readonly string[] => {
  const { name, unit, target } = measurement;
  const interval = intervalOf(measurement);
  const shown = (value: number): string =>
    measurement.kind === "ratio" ? value.toFixed(3) : `${short(value)} ${unit}`;
  return [
    name,
    shown(interval.median),
    `${shown(interval.low)} – ${shown(interval.high)}`,
    String(measurement.kind === "ratio" ? measurement.pairs.length : measurement.values.length),
    target === undefined ? "" : targetText(target),
    target === undefined ? "" : metText(measurement, interval, target),
    measurement.kind === "ratio" ? sides(measurement.pairs, unit) : "",
  ];
};

const sides = (pairs: readonly { readonly ours: number; readonly bare: number }[], unit: string) =>
  `${short(medianOf(pairs.map(({ ours }) => ours)))} / ${short(medianOf(pairs.map(({ bare }) => bare)))} ${unit}`;

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const targetText = (target: Target): string =>
  "atMost" in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;

/** The middle 95 % of fewer pairs than this is no more than the two that lie outermost. */
const fewestPairs = 5;

/** Only an interval that lies on one side of the target decides. */
const metText = (measurement: Measurement, { low, high }: Interval, target: Target): string => {
  if (measurement.kind === "ratio" && measurement.pairs.length < fewestPairs) return "too few";
  const limit = "atMost" in target ? target.atMost : target.atLeast;
  if (low <= limit && limit <= high && low !== high) return "undecided";
  return ("atMost" in target ? high <= limit : low >= limit) ? "met" : "missed";
};
