// Runs every gate in order, shows what it prints, and ends with the sum of all tests as "N passed, N failed".
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

interface Gate {
  readonly name: string;
  readonly command: readonly string[];
  /** Where the gate leaves vitest's JSON report; a gate without one counts as a single test. */
  readonly report?: string;
  /** Left out by --fast: it boots machines, or builds what they boot. */
  readonly isSlow?: boolean;
}

const checkout = join(import.meta.dirname, "..");
const bin = join(checkout, "node_modules", ".bin");
const scratch = mkdtempSync(join(tmpdir(), "bootwright-test-"));
// What tsc knew the last time: it checks what changed since, and all that depends on it.
const buildInfo = join("node_modules", ".cache", "tsc.tsbuildinfo");
const vitest = (project: string): Gate => {
  const report = join(scratch, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return {
    name: `vitest ${project}`,
    command: ["vitest", "run", "--project", project, ...reporters],
    report,
  };
};
const gates: readonly Gate[] = [
  // On a machine that never built it, the kubelet alone compiles for minutes: longer than a test waits for its image.
  {
    name: "image reference",
    command: ["node", "harness/cli/main.ts", "images", "build", "reference"],
    isSlow: true,
  },
  { name: "conformance payload", command: ["node", "ci/build-payload.ts"], isSlow: true },
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings"] },
  {
    name: "promises",
    command: ["oxlint", "--deny-warnings", "harness", "qemu", "images", "suites", "ci"],
  },
  { name: "types", command: ["tsc", "-p", ".", "--incremental", "--tsBuildInfoFile", buildInfo] },
  { name: "boundaries", command: ["node", "ci/check-boundaries.mjs"] },
  { name: "dead code", command: ["knip"] },
  { name: "agent", command: ["node", "ci/test-agent.ts"] },
  vitest("unit"),
  { ...vitest("qemu"), isSlow: true },
];
const isFast = process.argv.includes("--fast");
const selected = gates.filter(({ isSlow }) => !(isFast && isSlow === true));
// The static gates use one core each, vitest uses all; two at a time halve the wait on the smallest machines.
const waiting = selected.filter(({ report }) => report === undefined);

let passed = 0;
let failed = 0;
await Promise.all([worker(), worker()]);
for (const gate of selected.filter(({ report }) => report !== undefined)) await run(gate);
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function worker(): Promise<void> {
  for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) await run(gate);
}

async function run(gate: Gate): Promise<void> {
  const [program = "", ...args] = gate.command;
  const startedMs = performance.now();
  // A gate that runs beside another one is shown when it has ended; vitest as it goes.
  const isAlone = gate.report !== undefined;
  if (isAlone) process.stdout.write(`\n== ${gate.name}\n`);
  const child = spawn(join(bin, program), args, {
    cwd: checkout,
    stdio: ["ignore", isAlone ? "inherit" : "pipe", isAlone ? "inherit" : "pipe"],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, NO_COLOR: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  child.on("error", (error) => {
    output += `${error.message}\n`;
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  const status = await promise;
  const count = gate.report === undefined ? undefined : countOf(gate.report);
  passed += count?.passed ?? (status === 0 ? 1 : 0);
  // A runner that died without a report, or one that is red for another reason than a test, is a failure too.
  failed += count?.failed ?? 0;
  if (status !== 0 && (count === undefined || count.failed === 0)) failed += 1;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const end = status === 0 ? "ok" : `exit code ${status}`;
  process.stdout.write(`${isAlone ? "" : `\n${output}`}== ${gate.name}: ${end} (${seconds} s)\n`);
}

function countOf(report: string): { passed: number; failed: number } | undefined {
  try {
    const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(
      readFileSync(report, "utf8"),
    ) as Record<string, number>;
    if (numTotalTests === undefined || numTotalTests === 0) return undefined;
    return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 0 };
  } catch {
    return undefined;
  }
}
