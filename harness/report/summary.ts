import { formatSeconds } from "../core/deadline.ts";
import { type CheckRecord, type Evidence, isFlaky } from "../results/check-record.ts";
import type { BootRecord, RunRecord } from "../results/run-record.ts";
import type { BootFailure } from "../verdict/boot-failure.ts";
import { type State, states } from "../verdict/state.ts";
import { machineText } from "./machine-text.ts";
import { countStates, reportRows } from "./report-rows.ts";
import { visibleText } from "./visible-text.ts";

export interface SummaryOptions {
  /** The run directory, as the reader should type it. */
  readonly directory: string;
  /** Default false. */
  readonly colour?: boolean;
}

const maxRows = 50;
const maxBoots = 20;

/** What a person sees when a run ends: verdict, everything that did not pass with its evidence, counts, boots, path. */
export const toSummary = (run: RunRecord, options: SummaryOptions): string => {
  const paint = painter(options.colour ?? false);
  const rows = reportRows(run);
  const troubled = rows.filter(needsAttention).toSorted(bySeverity);
  const sections = [
    troubled.slice(0, maxRows).flatMap((row) => troubleLines(row, paint)),
    troubled.length > maxRows ? [`  … and ${troubled.length - maxRows} more in run.json`] : [],
    run.boots.slice(0, maxBoots).flatMap(bootLines),
    run.boots.length > maxBoots ? [`  … and ${run.boots.length - maxBoots} more boots`] : [],
  ];
  return [
    verdictLine(run, paint),
    ...sections.flatMap((lines) => (lines.length === 0 ? [] : ["", ...lines])),
    "",
    `  checks   ${countLine(rows)}`,
    ...injectionLines(run),
    `  results  ${visibleText(options.directory)}`,
    "",
  ].join("\n");
};

type Paint = (state: State, text: string) => string;

const painter = (hasColour: boolean): Paint => {
  const codes = { pass: 32, fail: 31, error: 31, inconclusive: 33, skip: 36, unsupported: 36 };
  return (state, text) => (hasColour ? `\u001b[${codes[state]}m${text}\u001b[0m` : text);
};

const verdictLine = (run: RunRecord, paint: Paint): string => {
  const host = `${run.host.accel}, QEMU ${run.host.qemuVersion}`;
  const reason = run.reason === undefined ? "" : `: ${run.reason}`;
  return `${paint(run.verdict, run.verdict.toUpperCase())}  ${visibleText(`${run.image.name} (${host})${reason}`)}`;
};

const needsAttention = (row: CheckRecord): boolean =>
  row.state === "fail" || row.state === "error" || row.state === "inconclusive" || isFlaky(row);

const severity: readonly State[] = ["error", "fail", "inconclusive", "pass", "skip", "unsupported"];
const bySeverity = (a: CheckRecord, b: CheckRecord): number =>
  severity.indexOf(a.state) - severity.indexOf(b.state);

const troubleLines = (row: CheckRecord, paint: Paint): string[] => {
  const indent = " ".repeat(16);
  const claim = row.claim === undefined ? "" : `  ${row.claim}`;
  const flaky = isFlaky(row) ? [`flaky: ${row.attempts.map(({ state }) => state).join(", ")}`] : [];
  const reason = row.reason === undefined ? [] : [visibleText(row.reason, 500)];
  const [first] = row.evidence;
  return [
    `  ${paint(row.state, row.state.padEnd(12))}  ${row.id}${claim}`,
    ...[...reason, ...flaky, ...(first === undefined ? [] : [pointer(first)])].map(
      (line) => indent + line,
    ),
  ];
};

const pointer = (item: Evidence): string =>
  "text" in item
    ? `${item.kind}: ${visibleText(item.text, 200)}`
    : `see ${visibleText(item.path)}${item.line === undefined ? "" : `:${item.line}`}`;

const countLine = (rows: readonly CheckRecord[]): string => {
  const counts = countStates(rows);
  const parts = states
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`);
  const flaky = rows.filter(isFlaky).length;
  return [`${rows.length} in all`, ...parts, ...(flaky > 0 ? [`${flaky} flaky`] : [])].join(" · ");
};

const bootLines = (boot: BootRecord): readonly string[] => {
  const machine = boot.machine && machineText(boot.machine);
  return [
    bootLine(boot),
    ...(machine === undefined ? [] : [`           ${visibleText(machine, 300)}`]),
  ];
};
/** What was done to the guest that the image is not to blame for. */
const injectionLines = ({ injection: { strategy, influences } }: RunRecord): readonly string[] => [
  `  agent    ${visibleText(strategy)}`,
  ...influences.map((influence) => `           ${visibleText(influence, 300)}`),
];

const bootLine = ({ id, configuration, state, failure, timeline }: BootRecord): string => {
  const head = `  boot ${id}  ${visibleText(configuration)}  ${state}`;
  if (failure !== undefined) return `${head}  ${failureText(failure)}`;
  if (timeline === undefined || timeline.phases.length === 0) return head;
  const phases = timeline.phases.map(
    ({ name, startMs, endMs }) => `${name} ${formatSeconds(endMs - startMs)}`,
  );
  const cost = timeline.totalCost === undefined ? "" : `, ${timeline.totalCost} instructions`;
  return `${head}  ${phases.join(" · ")} · total ${formatSeconds(timeline.totalMs)}${cost}`;
};

const failureText = ({ kind, reason, line, pattern, phase }: BootFailure): string => {
  const told = [
    ...(phase === undefined ? [] : [`phase ${phase}`]),
    ...(line === undefined ? [] : [`console line ${line}`]),
    ...(pattern === undefined ? [] : [`pattern ${pattern}`]),
  ].join(", ");
  return `${kind}: ${visibleText(reason, 300)}${told === "" ? "" : `  (${told})`}`;
};
