import { type CheckRecord, isFlaky } from "../results/check-record.ts";
import type { RunRecord } from "../results/run-record.ts";
import { reportRows } from "./report-rows.ts";
import { visibleLines, visibleText } from "./visible-text.ts";

/**
 * results.tap, TAP version 14. `inconclusive` and `error` are `not ok` (a TODO directive would count as passed), with the
 * verdict in the diagnostics; `skip` and `unsupported` are `ok … # SKIP`. A run that did not finish ends in `Bail out!`.
 */
export const toTap = (run: RunRecord): string => {
  const rows = reportRows(run);
  const bailOut = `Bail out! ${escapeTap(run.reason ?? `the run is ${run.status}`)}`;
  return [
    "TAP version 14",
    `1..${rows.length}`,
    ...rows.flatMap((row, index) => testPoint(row, index + 1)),
    ...(run.status === "finished" ? [] : [bailOut]),
    "",
  ].join("\n");
};

const testPoint = (check: CheckRecord, number: number): string[] => {
  const { state, id, reason } = check;
  const point = `${number} - ${escapeTap(id)}`;
  switch (state) {
    case "pass":
      return [`ok ${point}`, ...(isFlaky(check) || check.figures ? diagnostics(check) : [])];
    case "skip":
    case "unsupported":
      return [`ok ${point} # SKIP ${escapeTap(`${state} (${reason})`)}`];
    case "fail":
    case "inconclusive":
    case "error":
      return [`not ok ${point}`, ...diagnostics(check)];
  }
};

const diagnostics = (check: CheckRecord): string[] => [
  "  ---",
  `  title: ${quoted(check.title)}`,
  `  state: ${check.state}`,
  ...(check.reason === undefined ? [] : [`  reason: ${quoted(check.reason)}`]),
  ...(check.claim === undefined ? [] : [`  claim: ${check.claim}`]),
  `  duration_ms: ${Math.round(check.durationMs)}`,
  ...(isFlaky(check) ? [`  flaky: [${check.attempts.map(({ state }) => state).join(", ")}]`] : []),
  ...list(
    "evidence",
    check.evidence.map((item) => {
      const shown =
        "text" in item ? item.text : item.path + (item.line === undefined ? "" : `:${item.line}`);
      return `{ kind: ${item.kind}, ${"text" in item ? "text" : "at"}: ${quoted(shown)} }`;
    }),
  ),
  ...list(
    "figures",
    (check.figures ?? []).map(
      ({ name, value, unit }) =>
        `{ name: ${quoted(name)}, value: ${value}, unit: ${quoted(unit)} }`,
    ),
  ),
  "  ...",
];

const list = (name: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`  ${name}:`, ...items.map((item) => `    - ${item}`)];

/** JSON strings are YAML strings; line ends stay \n, other control characters become visible. */
const quoted = (text: string): string => JSON.stringify(visibleLines(text).join("\n"));

/** TAP 14 has two special characters in descriptions and directives. */
const escapeTap = (text: string): string => visibleText(text).replace(/[\\#]/g, "\\$&");
