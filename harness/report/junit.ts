import { type CheckRecord, type Evidence, isFlaky } from "../results/check-record.ts";
import type { RunRecord } from "../results/run-record.ts";
import { countStates, reportRows } from "./report-rows.ts";
import { visibleLines, visibleText } from "./visible-text.ts";

/**
 * junit.xml in the common subset of what Jenkins, GitLab and the GitHub actions read. `fail` is a failure; `error` and
 * `inconclusive` are errors of those types, since no reader may show them green; `skip` and `unsupported` are skipped.
 */
export const toJunit = (run: RunRecord): string => {
  const rows = reportRows(run);
  const bySuite = Map.groupBy(rows, ({ suite }) => suite);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "bootwright", ...totals(rows) })}>`,
    ...[...bySuite].flatMap(([suite, checks]) => testSuite(suite, checks, run)),
    "</testsuites>",
    "",
  ].join("\n");
};

const testSuite = (name: string, checks: readonly CheckRecord[], run: RunRecord): string[] => [
  `  <testsuite${attributes({ name, ...totals(checks), timestamp: run.startedAt })}>`,
  "    <properties>",
  ...Object.entries(facts(run)).map(
    ([key, value]) => `      <property${attributes({ name: key, value })}/>`,
  ),
  "    </properties>",
  ...checks.flatMap(testCase),
  "  </testsuite>",
];

const totals = (rows: readonly CheckRecord[]): Record<string, string> => {
  const count = countStates(rows);
  return {
    tests: `${rows.length}`,
    failures: `${count.fail}`,
    errors: `${count.error + count.inconclusive}`,
    skipped: `${count.skip + count.unsupported}`,
    time: seconds(rows.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
};

const facts = ({ tool, image, host, profile, level, planDigest, injection }: RunRecord) => ({
  tool: `${tool.name} ${tool.version}`,
  image: image.name,
  "image.sha256": image.sha256Before,
  profile,
  level,
  plan: planDigest,
  "host.accel": `${host.accel} (${host.accelReason})`,
  "host.qemu": `${host.qemuVersion} (${host.toolchain})`,
  "host.cpu": `${host.cores} x ${host.cpuModel}`,
  "host.kernel": host.kernel,
  injection: injection.strategy,
});

const testCase = (check: CheckRecord): string[] => {
  const open = `    <testcase${attributes({
    classname: check.suite,
    name: check.id,
    time: seconds(check.durationMs),
  })}`;
  const inner = [...outcome(check), ...systemOut(check)];
  return inner.length === 0 ? [`${open}/>`] : [`${open}>`, ...inner, "    </testcase>"];
};

const outcome = (check: CheckRecord): string[] => {
  const message = check.reason ?? "";
  const detail = () =>
    escapeXml([visibleText(check.title), ...evidenceLines(check.evidence)].join("\n"));
  switch (check.state) {
    case "pass":
      return [];
    case "fail":
      return [`      <failure${attributes({ message, type: "fail" })}>${detail()}</failure>`];
    case "error":
    case "inconclusive":
      return [`      <error${attributes({ message, type: check.state })}>${detail()}</error>`];
    case "skip":
    case "unsupported":
      return [`      <skipped${attributes({ message: `${check.state} (${message})` })}/>`];
  }
};

const systemOut = (check: CheckRecord): string[] => {
  const lines = [
    ...(check.claim === undefined ? [] : [`claim ${check.claim}`]),
    ...(isFlaky(check) ? [`flaky: ${check.attempts.map(({ state }) => state).join(", ")}`] : []),
    ...(check.figures ?? []).map(({ name, value, unit }) => `${name} ${value} ${unit}`),
  ].map((line) => visibleText(line));
  return lines.length === 0
    ? []
    : [`      <system-out>${escapeXml(lines.join("\n"))}</system-out>`];
};

const evidenceLines = (evidence: readonly Evidence[]): readonly string[] =>
  evidence.flatMap((item) =>
    "path" in item
      ? [`${item.kind}: ${visibleText(item.path)}${item.line === undefined ? "" : `:${item.line}`}`]
      : [`${item.kind}:`, ...visibleLines(item.text).map((line) => `  ${line}`)],
  );

const attributes = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(visibleText(value))}"`)
    .join("");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
};

const escapeXml = (text: string): string =>
  text.replace(/[&<>"\t]/g, (char) => entities[char] ?? "");

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
