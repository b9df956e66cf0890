import type { RunRecord } from "../results/run-record.ts";
import { compareRuns, comparisonNotes } from "./comparison.ts";
import { visibleText } from "./visible-text.ts";

/** Runs side by side for a terminal: one line a measured thing, one column a run. */
export const toComparisonText = (runs: readonly RunRecord[]): string => {
  const table = [headOf(runs), ...rowsOf(runs)];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, at) =>
        at === 0 ? cell.padEnd(widths?.[at] ?? 0) : cell.padStart(widths?.[at] ?? 0),
      )
      .join("  "),
  );
  return [...lines, ...notesOf(runs), ""].join("\n");
};

/** The same as a Markdown table. */
export const toComparisonMarkdown = (runs: readonly RunRecord[]): string => {
  const [head = [], ...rows] = [headOf(runs), ...rowsOf(runs)];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/[\\|<>&`*_[\]]/g, "\\$&")).join(" | ")} |`;
  const rule = `|---|${head
    .slice(1)
    .map(() => "---:|")
    .join("")}`;
  return [line(head), rule, ...rows.map(line), ...notesOf(runs), ""].join("\n");
};

const headOf = (runs: readonly RunRecord[]): readonly string[] => [
  "",
  ...runs.map(({ image }) => visibleText(image.name, 100)),
];

const rowsOf = (runs: readonly RunRecord[]): readonly (readonly string[])[] => [
  ["verdict", ...runs.map(({ verdict }) => verdict)],
  ["image", ...runs.map(({ image }) => `sha256 ${image.sha256Before.slice(0, 12)}`)],
  ["host", ...runs.map(({ host }) => `${host.accel}, ${host.cores} cores`)],
  ...compareRuns(runs).map(({ title, cells }) => [title, ...cells]),
];

const notesOf = (runs: readonly RunRecord[]): readonly string[] => {
  const notes = comparisonNotes(runs);
  return notes.length === 0 ? [] : ["", ...notes];
};
