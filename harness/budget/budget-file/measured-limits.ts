import type { HistoryBoot } from "../history/history-boot.ts";
import { type Measured, measuredNames } from "../measured.ts";
import type { Budget, MeasuredWith } from "./budget-file.ts";
import { type BudgetUnit, unitOf } from "./budget-unit.ts";

/** What is taken of the boots' values, as in the median. */
export interface Figure {
  readonly name: string;
  readonly of: (values: readonly number[]) => number;
}

export interface LimitOptions {
  /** As a share of the figure. */
  readonly margin: number;
  readonly owner: string;
  readonly figure: Figure;
}

/** A limit as a new budget. */
export interface MeasuredLimit {
  readonly budget: Budget & { readonly measuredWith: MeasuredWith };
  /** Which the budget only names where boots of several were measured. */
  readonly configuration: string;
  /** From which boots it was made. */
  readonly comment: string;
}

interface MeasuredBoot extends HistoryBoot {
  readonly measure: "wall" | "cost";
}

/** Whether anything can be learnt from a boot. */
export const isMeasured = (boot: HistoryBoot): boot is MeasuredBoot =>
  boot.state === "pass" && boot.measure !== undefined;

/** One limit for each accelerator, measure, configuration and measured name of which the boots have values. */
export const measuredLimits = (
  boots: readonly HistoryBoot[],
  options: LimitOptions,
): readonly MeasuredLimit[] => {
  const ways = Map.groupBy(boots.filter(isMeasured), ({ accel, measure }) => `${accel} ${measure}`);
  return [...ways.values()].flatMap((sameWay) => {
    const configurations = Map.groupBy(sameWay, ({ configuration }) => configuration);
    return [...configurations].flatMap(([configuration, series]) => {
      const named = configurations.size > 1 ? { configuration } : {};
      return limitsOf(comparable(series), options).map((limit) => ({
        ...limit,
        configuration,
        budget: { ...limit.budget, ...named },
      }));
    });
  });
};

/** Those that were measured with what the newest one was measured with. */
const comparable = (series: readonly MeasuredBoot[]): readonly MeasuredBoot[] => {
  const newest = series.reduce((a, b) => (b.startedAt > a.startedAt ? b : a));
  return series.filter(
    ({ qemuVersion, comparability }) =>
      qemuVersion === newest.qemuVersion && comparability === newest.comparability,
  );
};

const limitsOf = (
  boots: readonly MeasuredBoot[],
  { margin, owner, figure }: LimitOptions,
): readonly Omit<MeasuredLimit, "configuration">[] => {
  const [first] = boots;
  if (first === undefined) return [];
  const { accel, measure, qemuVersion, comparability } = first;
  const measuredWith = { qemuVersion, ...(comparability === undefined ? {} : { comparability }) };
  return measuredNames.flatMap((phase) => {
    const values = boots.flatMap((boot) => lengthIn(boot, phase) ?? []);
    if (values.length === 0) return [];
    const unit = unitOf(phase, measure);
    const value = figure.of(values);
    const limit = roundedUp(value * (1 + margin), unit);
    const plus = `plus ${Number((margin * 100).toPrecision(6))} %`;
    const comment = `${figure.name} of ${bootsText(values.length)} ${daysOf(boots)}, ${shown(value, unit)}, ${plus}`;
    // The comment is of one day; the reason stays true when the limit is lowered.
    const reason = `what was measured, ${plus}`;
    const budget = { phase, unit, accel, limit, measuredWith, owner, reason };
    return [{ budget, comment }];
  });
};

const lengthIn = (boot: MeasuredBoot, what: Measured): number | undefined => {
  if (what === "idle") return boot.idleMs;
  if (what === "total") return boot.measure === "wall" ? boot.totalMs : boot.totalCost;
  const phase = boot.phases.find(({ name }) => name === what);
  if (phase === undefined) return undefined;
  return boot.measure === "wall" ? phase.endMs - phase.startMs : phase.cost;
};

/** To three digits, instructions to four; at least 1. */
const roundedUp = (value: number, unit: BudgetUnit): number => {
  const digits = unit === "instructions" ? 4 : 3;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) + 1 - digits);
  // 1000 * 1.1 is a little more than 1100.
  return Math.max(1, Math.ceil(Number((value / step).toPrecision(12))) * step);
};

const bootsText = (count: number): string => (count === 1 ? "1 boot" : `${count} boots`);

const daysOf = (boots: readonly HistoryBoot[]): string => {
  const days = boots.map(({ startedAt }) => startedAt.slice(0, 10)).toSorted();
  const [first, last] = [days[0], days.at(-1)];
  return first === last ? `of ${first}` : `from ${first} to ${last}`;
};

const shown = (value: number, unit: BudgetUnit): string =>
  unit === "instructions" ? `${Math.round(value)} instructions` : `${value.toFixed(1)} ms`;
