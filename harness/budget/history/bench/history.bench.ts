// Makes run directories of one image, the worst case for its queries, takes them into a history, and asks what a report asks.
// Run: node harness/budget/history/bench/history.bench.ts BOOTS
import { join } from "node:path";
import { report } from "../../../../ci/bench/measurement.ts";
import { tempDir } from "../../../core/tmp.ts";
import { sampleCheck } from "../../../results/testing/sample-run.ts";
import { bootsOfImage } from "../boots-of-image.ts";
import { exportLines } from "../export-lines.ts";
import { importLines } from "../import-lines.ts";
import { importRuns } from "../import-runs.ts";
import { latestBaseline } from "../latest-baseline.ts";
import { mediansByRun } from "../medians-by-run.ts";
import { openHistory } from "../open-history.ts";
import { runOf, writeRun } from "../testing/sample-boots.ts";

const boots = Number(process.argv[2] ?? 100_000);
const bootsPerRun = 20;
const repetitions = 10;
const title = `history of ${boots} boots`;

await using dir = await tempDir();
const checks = Array.from({ length: 20 }, (_, index) =>
  sampleCheck(`boot-time/check-${index}`, { state: "pass" }),
);
const directories = Array.from({ length: Math.ceil(boots / bootsPerRun) }, (_, number) => {
  const totalsMs = Array.from(
    { length: bootsPerRun },
    (_, index) => 13_000 + ((number * 7919 + index * 104_729) % 1000),
  );
  return writeRun(dir.path, `run-${number}`, runOf(number, totalsMs, { checks }));
});

const path = join(dir.path, "history.sqlite");
{
  using history = openHistory(path);
  const tookMs = elapsedMs(() => importRuns(history, directories));
  perSecond("import of run directories", boots, tookMs);
  const exportedMs = elapsedMs(() => [...exportLines(history)].length);
  perSecond("export as lines", boots, exportedMs);
  using other = openHistory(join(dir.path, "other.sqlite"));
  const startedMs = performance.now();
  await importLines(other, bytesOf(exportLines(history)));
  perSecond("export and import of lines", boots, performance.now() - startedMs);
}

const openings = Array.from({ length: repetitions }, () =>
  elapsedMs(() => openHistory(path)[Symbol.dispose]()),
);
report({ kind: "value", name: `${title}: opening`, unit: "ms", values: openings });

using history = openHistory(path);
const series = { image: "reference", accel: "tcg", measure: "wall" } as const;
const wanted = { ...series, configuration: "q35-bios", qemuVersion: "10.0.13" };
const newest = bootsOfImage(history, { image: "reference", limit: 1 })[0]?.runId ?? "";
query("newest 1000 boots of an image", () => bootsOfImage(history, { image: "reference" }));
query("newest 1000 boots of a configuration", () => bootsOfImage(history, wanted));
query("medians of 200 runs", () => mediansByRun(history, wanted));
query("medians of a phase of 200 runs", () => mediansByRun(history, { ...wanted, what: "kernel" }));
query("medians of a phase that no run has", () =>
  mediansByRun(history, { ...wanted, what: "node-ready" }),
);
query("latest baseline", () => latestBaseline(history, { ...wanted, notRun: newest }));
query("why there is no baseline", () => latestBaseline(history, { ...wanted, qemuVersion: "9" }));

function query(name: string, ask: () => unknown): void {
  const values = Array.from({ length: repetitions }, () => elapsedMs(ask));
  report({ kind: "value", name: `${title}: ${name}`, unit: "ms", values, target: { atMost: 200 } });
}

function perSecond(name: string, count: number, tookMs: number): void {
  const values = [(count / tookMs) * 1000];
  const target = { atLeast: 2000 };
  report({ kind: "value", name: `${title}: ${name}`, unit: "boots/s", values, target });
}

function elapsedMs(act: () => unknown): number {
  const startedMs = performance.now();
  act();
  return performance.now() - startedMs;
}

async function* bytesOf(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line);
}
