import { formatBytes } from "../core/units.ts";
import type { BootFacts } from "../results/boot-facts.ts";
import type { TimelineRecord } from "../results/timeline-record.ts";
import { visibleText } from "./visible-text.ts";

/** Counted boots of one image. */
export interface CountedBoots {
  readonly label: string;
  readonly timelines: readonly TimelineRecord[];
  /** Of the first of them, where it has some. */
  readonly facts: BootFacts | undefined;
}

/** What differs less is not told: a unit that waits for something else is a little later or earlier in each boot. */
const toldMs = 20;
const toldBytes = 64 * 1024;
const maxNamed = 20;

/**
 * Lines that say what `b` does more or less than `a` while it boots, phase by phase, and then why: units and modules that only
 * one of them has, units that take longer to start, and bytes that disks were asked for.
 */
export const bootDifference = (a: CountedBoots, b: CountedBoots): readonly string[] => [
  `${"".padEnd(18)}${visibleText(a.label, 24).padStart(24)}${visibleText(b.label, 24).padStart(24)}   difference`,
  ...namesOf(a, b).map((name) => phaseLine(name, valuesOf(a, name), valuesOf(b, name))),
  ...(a.facts === undefined || b.facts === undefined ? [] : causeLines(a.facts, b.facts)),
];

const namesOf = (a: CountedBoots, b: CountedBoots): readonly string[] => {
  const phases = [...a.timelines, ...b.timelines].flatMap((timeline) =>
    timeline.phases.map(({ name }) => name),
  );
  return [...new Set(phases), "total", "idle"];
};

const valuesOf = ({ timelines }: CountedBoots, name: string): readonly number[] =>
  timelines.flatMap((timeline) => {
    if (name === "total") return timeline.totalCost ?? [];
    if (name === "idle") return timeline.idleMs ?? [];
    return timeline.phases.find((phase) => phase.name === name)?.cost ?? [];
  });

const medianOf = (values: readonly number[]): number | undefined =>
  values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)];

const phaseLine = (name: string, a: readonly number[], b: readonly number[]): string => {
  const [before, after] = [medianOf(a), medianOf(b)];
  const text = (value: number | undefined): string =>
    value === undefined ? "–" : name === "idle" ? `${value.toFixed(1)} ms` : whole(value);
  const cells = `${name.padEnd(18)}${text(before).padStart(24)}${text(after).padStart(24)}`;
  if (before === undefined || after === undefined) return cells;
  const apart = after - before;
  const amount = name === "idle" ? `${signed(apart.toFixed(1))} ms` : signed(whole(apart));
  const share = before === 0 ? "" : ` (${signed(((apart / before) * 100).toFixed(2))} %)`;
  return `${cells}   ${apart === 0 ? "none" : `${amount}${share}`}`;
};

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const signed = (text: string): string => (text.startsWith("-") ? text : `+${text}`);

const causeLines = (a: BootFacts, b: BootFacts): readonly string[] => {
  const lines = [
    ...onlyIn("unit", namesIn(a.units), namesIn(b.units)),
    ...onlyIn("kernel module", a.modules, b.modules),
    ...slowerUnits(a, b),
    ...traffic(a, b),
  ];
  return ["", ...(lines.length === 0 ? ["Units, modules and disk traffic are the same."] : lines)];
};

const namesIn = (units: BootFacts["units"]): readonly string[] => units.map(({ name }) => name);

const onlyIn = (
  what: string,
  before: readonly string[],
  after: readonly string[],
): readonly string[] => {
  const added = after.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !after.includes(name));
  return [...named(`${what} added`, added), ...named(`${what} removed`, removed)];
};

const named = (what: string, names: readonly string[]): readonly string[] => {
  const told = names
    .toSorted()
    .slice(0, maxNamed)
    .map((name) => `${what}: ${visibleText(name, 200)}`);
  return names.length > maxNamed ? [...told, `${what}: ${names.length - maxNamed} more`] : told;
};

const slowerUnits = (a: BootFacts, b: BootFacts): readonly string[] => {
  const before = new Map(a.units.map(({ name, startMs }) => [name, startMs]));
  return b.units
    .map(({ name, startMs }) => ({ name, startMs, was: before.get(name) ?? 0 }))
    .filter(({ startMs, was }) => Math.abs(startMs - was) >= toldMs)
    .toSorted((x, y) => Math.abs(y.startMs - y.was) - Math.abs(x.startMs - x.was))
    .slice(0, maxNamed)
    .map(
      ({ name, startMs, was }) =>
        `unit takes ${signed((startMs - was).toFixed(0))} ms of the guest's time to start: ${visibleText(name, 200)} (${was.toFixed(0)} → ${startMs.toFixed(0)} ms)`,
    );
};

const traffic = (a: BootFacts, b: BootFacts): readonly string[] =>
  b.disks.flatMap((disk) => {
    const before = a.disks.find((one) => one.disk === disk.disk);
    if (before === undefined) return [];
    return [
      ...moved(`${visibleText(disk.disk, 60)} read`, before.readBytes, disk.readBytes),
      ...moved(`${visibleText(disk.disk, 60)} written`, before.writtenBytes, disk.writtenBytes),
    ];
  });

const moved = (what: string, before: number, after: number): readonly string[] => {
  if (Math.abs(after - before) < toldBytes) return [];
  const sign = after < before ? "-" : "+";
  return [
    `${what}: ${sign}${formatBytes(Math.abs(after - before))} (${formatBytes(before)} → ${formatBytes(after)})`,
  ];
};
