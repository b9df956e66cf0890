// `npm run bench`: runs the benchmarks as programs of their own, prints a table and leaves all samples as JSON.
// Nothing here fails because something is slow: a benchmark informs, it is no gate. See docs/benchmark.md.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Benchmark, benchmarks, type Program } from "./bench/benchmarks.ts";
import { hostFacts, loadNow } from "./bench/host-facts.ts";
import type { BenchLine, Measurement } from "./bench/measurement.ts";
import { intervalOf, toTable } from "./bench/table.ts";

const usage = `usage: npm run bench -- [--only NAME]… [--pairs N] [--all] [--out FILE]
  --pairs N   pairs of each comparison (default 8; a series worth publishing has 20)
  --out FILE  where the JSON goes (default bootwright-runs/bench.json)
${benchmarks.map(({ name, what, isLong }) => `  ${name.padEnd(11)} ${what}${isLong ? " (with --all, or by name)" : ""}`).join("\n")}
`;
const checkout = join(import.meta.dirname, "..");
const options = parsed();
const selected = benchmarks.filter(({ name, isLong }) =>
  options.only.length > 0 ? options.only.includes(name) : options.all || !isLong,
);

const startedAt = new Date().toISOString();
const host: Record<string, string | number> = {
  ...hostFacts(checkout),
  loadAtStart: loadNow(),
};
const measurements: Measurement[] = [];
const problems: string[] = [];
for (const benchmark of selected) await runBenchmark(benchmark);
host["loadAtEnd"] = loadNow();

const record = {
  startedAt,
  endedAt: new Date().toISOString(),
  host,
  problems,
  measurements: measurements.map((measurement) => ({
    ...measurement,
    interval: intervalOf(measurement),
  })),
};
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, `${JSON.stringify(record, undefined, 2)}\n`);
process.stdout.write(`\n${toTable(measurements)}\n\n`);
for (const [name, value] of Object.entries(host)) process.stdout.write(`${name}: ${value}\n`);
for (const problem of problems) process.stdout.write(`no figure: ${problem}\n`);
process.stdout.write(`all samples: ${options.out}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

async function runBenchmark({ name, what, programs }: Benchmark): Promise<void> {
  process.stderr.write(`\n== ${name}: ${what}\n`);
  for (const program of programs(options.pairs)) {
    try {
      for (const line of await linesOf(program)) {
        if (line.kind === "fact") host[line.name] = line.value;
        else measurements.push(line);
      }
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
}

async function linesOf({ argv, parse }: Program): Promise<readonly BenchLine[]> {
  const [file = "", ...args] = argv;
  const startedMs = performance.now();
  const child = spawn(file, args, { cwd: checkout, stdio: ["ignore", "pipe", "inherit"] });
  const [stdout, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code ?? signal}`);
  if (parse !== undefined) return parse(stdout, performance.now() - startedMs);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as BenchLine);
}

function parsed(): {
  readonly only: readonly string[];
  readonly pairs: number;
  readonly all: boolean;
  readonly out: string;
} {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        pairs: { type: "string", default: "8" },
        all: { type: "boolean", default: false },
        out: { type: "string", default: "bootwright-runs/bench.json" },
      },
    });
    const pairs = Number(values.pairs);
    const unknown = values.only.filter((name) => !benchmarks.some((one) => one.name === name));
    if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(", ")}`);
    if (!Number.isInteger(pairs) || pairs < 1)
      throw new Error(`--pairs must be a positive number, not ${values.pairs}`);
    return { ...values, pairs };
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
