import { formatBytes } from "../core/units.ts";
import type { Figure } from "../results/check-record.ts";
import type { RunRecord } from "../results/run-record.ts";
import { phaseNames } from "../results/timeline-record.ts";
import { visibleText } from "./visible-text.ts";

/** One line of the table: what was measured, and its text for each run in their order. */
export interface ComparedRow {
  readonly title: string;
  readonly cells: readonly string[];
}

/** Titles and where each figure lies: a check's id and the figure's name. */
const compared: readonly (readonly [title: string, check: string, figure: string])[] = [
  ["packages", "minimal-os/packages", "packages"],
  ["size of the packages", "minimal-os/packages", "installed"],
  ["files", "minimal-os/image-size", "file-count"],
  ["size of the files", "minimal-os/image-size", "files"],
  ["size of the disk", "minimal-os/image-size", "disk"],
  ["setuid files", "minimal-os/setuid", "setuid"],
  ["setgid files", "minimal-os/setuid", "setgid"],
  ["files with capabilities", "minimal-os/setuid", "capable"],
  ["scripts", "minimal-os/scripts", "scripts"],
  ["enabled units", "access/enabled-units", "enabled"],
  ["active units", "access/units", "units"],
  ["listening ports", "access/units", "sockets"],
  ["processes", "access/units", "processes"],
  ["memory of the processes", "access/units", "rss"],
  ["memory in use", "minimal-os/idle-memory", "used"],
  ["tasks", "minimal-os/idle-tasks", "tasks"],
];

const nothing = "–";

/** What was measured on each image, line by line; a line that no run has is left out. */
export const compareRuns = (runs: readonly RunRecord[]): readonly ComparedRow[] =>
  [...figureRows(runs), ...phaseRows(runs)].filter(({ cells }) =>
    cells.some((cell) => cell !== nothing),
  );

/** Why figures of these runs are not to be set against each other, one sentence each. */
export const comparisonNotes = (runs: readonly RunRecord[]): readonly string[] => {
  const hosts = new Set(runs.map(({ host }) => `${host.accel} ${host.cpuModel} ${host.cores}`));
  const unfinished = runs.filter(({ status }) => status !== "finished");
  return [
    ...(hosts.size > 1 ? ["Boot phases were measured on hosts that differ."] : []),
    ...unfinished.map(({ image }) => `The run of ${visibleText(image.name)} did not finish.`),
  ];
};

const figureRows = (runs: readonly RunRecord[]): readonly ComparedRow[] =>
  compared.map(([title, check, figure]) => ({
    title,
    cells: runs.map((run) => figureText(run, check, figure)),
  }));

const figureText = (run: RunRecord, check: string, name: string): string => {
  const figures = run.checks.find(({ id }) => id === check)?.figures ?? [];
  const figure = figures.find((one) => one.name === name);
  return figure === undefined ? nothing : valueText(figure);
};

const valueText = ({ value, unit }: Figure): string => {
  if (unit === "B") return formatBytes(value);
  return unit === "count" ? String(value) : `${value.toFixed(0)} ${visibleText(unit, 64)}`;
};

const phaseRows = (runs: readonly RunRecord[]): readonly ComparedRow[] => {
  const timelines = runs.map(({ boots }) => boots.find(({ state }) => state === "pass")?.timeline);
  const phases = phaseNames.map((phase) => ({
    title: `boot: ${phase}`,
    cells: timelines.map((timeline) => {
      const found = timeline?.phases.find(({ name }) => name === phase);
      return found === undefined ? nothing : secondsText(found.endMs - found.startMs);
    }),
  }));
  const cells = timelines.map((timeline) => timeline && secondsText(timeline.totalMs));
  return [...phases, { title: "boot: total", cells: cells.map((cell) => cell ?? nothing) }];
};

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
