// Runs every gate in order, shows what it prints, and ends with the sum of all tests as "N passed, N failed".
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

interface Gate {
  readonly name: string;
  readonly command: readonly string[];
  /** Where the gate leaves vitest's JSON report; a gate without one counts as a single test. */
  readonly report?: string;
}

const checkout = join(import.meta.dirname, "..");
const bin = join(checkout, "node_modules", ".bin");
const scratch = mkdtempSync(join(tmpdir(), "bootwright-test-"));
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
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings"] },
  { name: "promises", command: ["eslint", "--max-warnings=0", "."] },
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "boundaries", command: ["node", "ci/check-boundaries.mjs"] },
  { name: "dead code", command: ["knip"] },
  { name: "agent", command: ["node", "ci/test-agent.ts"] },
  vitest("unit"),
  vitest("qemu"),
];
const isFast = process.argv.includes("--fast");
const selected = isFast ? gates.slice(0, -1) : gates;

let passed = 0;
let failed = 0;
for (const gate of selected) {
  const [program = "", ...args] = gate.command;
  process.stdout.write(`\n== ${gate.name}\n`);
  const startedMs = performance.now();
  const { status } = spawnSync(join(bin, program), args, {
    cwd: checkout,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, NO_COLOR: "1" },
  });
  const count = gate.report === undefined ? undefined : countOf(gate.report);
  passed += count?.passed ?? (status === 0 ? 1 : 0);
  // A runner that died without a report, or one that is red for another reason than a test, is a failure too.
  failed += count?.failed ?? 0;
  if (status !== 0 && (count === undefined || count.failed === 0)) failed += 1;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(
    `== ${gate.name}: ${status === 0 ? "ok" : `exit code ${status}`} (${seconds} s)\n`,
  );
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

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
