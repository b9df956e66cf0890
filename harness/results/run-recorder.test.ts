import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exec } from "../core/exec.ts";
import { tempDir } from "../core/tmp.ts";
import { readRun } from "./read-run.ts";
import { type ReportFile, type RunRecorder, startRunRecorder } from "./run-recorder.ts";
import { createFakeClock, type FakeClock } from "./testing/fake-clock.ts";
import { sampleBoot, sampleCheck, sampleFacts, sampleRun } from "./testing/sample-run.ts";

const counting: ReportFile = {
  fileName: "count.txt",
  render: (run) => `${run.checks.length} ${run.verdict}\n`,
};
const now = (): Date => new Date("2026-11-21T20:00:00.000Z");

const start = (directory: string, clock: FakeClock = createFakeClock()): RunRecorder =>
  startRunRecorder(directory, sampleFacts, { reports: [counting], clock, now });

const text = (directory: string, file: string): string =>
  readFileSync(join(directory, file), "utf8");

test("from the first moment the directory reads as a run that did not finish", async () => {
  await using dir = await tempDir();
  start(dir.path);
  const { run, events, problems } = readRun(dir.path);
  expect({ run, problems, events, count: text(dir.path, "count.txt") }).toEqual({
    run: {
      schemaVersion: 1,
      ...sampleFacts,
      startedAt: "2026-11-21T20:00:00.000Z",
      status: "running",
      verdict: "error",
      reason: "run did not finish",
      checks: [],
      boots: [],
    },
    problems: [],
    events: [
      {
        kind: "run-started",
        schemaVersion: 1,
        image: "reference",
        checksPlanned: 6,
        at: "2026-11-21T20:00:00.000Z",
        elapsedMs: 0,
      },
    ],
    count: "0 error\n",
  });
});

test("what was recorded reads back whole, and the verdict is that of the checks", async () => {
  await using dir = await tempDir();
  const clock = createFakeClock();
  const recorder = start(dir.path, clock);
  recorder.record({ kind: "phase-entered", boot: "01", phase: "kernel", budgetMs: 9000 });
  clock.advance(1234.6);
  recorder.bootFinished(sampleBoot);
  for (const check of sampleRun.checks.slice(0, 3)) recorder.checkFinished(check);
  recorder.amend({ image: { ...sampleFacts.image, sha256After: "a".repeat(64) } });
  const finished = recorder.finish();
  const { run, events, problems } = readRun(dir.path);
  expect(run).toEqual(finished);
  expect({ ...run, events: events.map(({ kind, elapsedMs }) => `${elapsedMs} ${kind}`) }).toEqual({
    ...finished,
    status: "finished",
    verdict: "fail",
    checks: sampleRun.checks.slice(0, 3),
    boots: [sampleBoot],
    events: [
      "0 run-started",
      "0 phase-entered",
      "1235 boot-finished",
      "1235 check-finished",
      "1235 check-finished",
      "1235 check-finished",
      "1235 run-finished",
    ],
  });
  expect([problems, clock.pending(), "reason" in run]).toEqual([[], 0, false]);
});

test("run.json follows within 200 ms, and at once after a check that did not pass", async () => {
  await using dir = await tempDir();
  const clock = createFakeClock();
  const recorder = start(dir.path, clock);
  const seen: string[] = [];
  const look = (): void => void seen.push(text(dir.path, "count.txt").trim());
  recorder.checkFinished(sampleCheck("a/1", { state: "pass" }));
  look();
  clock.advance(200);
  look();
  recorder.checkFinished(sampleCheck("a/2", { state: "fail", reason: "x" }));
  look();
  expect(seen).toEqual(["0 error", "1 error", "2 error"]);
});

test("an own verdict makes the run's worse, never better; a run without a decided check is inconclusive", async () => {
  await using dir = await tempDir();
  const verdicts = [
    start(dir.path).finish(),
    start(dir.path).finish({ verdict: "error", reason: "report could not be drawn" }),
  ];
  const failed = start(dir.path);
  failed.checkFinished(sampleCheck("a/1", { state: "fail", reason: "x" }));
  verdicts.push(failed.finish({ verdict: "inconclusive", reason: "noisy" }));
  const broken = start(dir.path);
  broken.checkFinished(sampleCheck("a/1", { state: "pass" }));
  verdicts.push(broken.interrupt("SIGTERM"));
  expect(verdicts.map(({ status, verdict, reason }) => [status, verdict, reason])).toEqual([
    ["finished", "inconclusive", "no check was decided"],
    ["finished", "error", "report could not be drawn"],
    ["finished", "fail", "noisy"],
    ["interrupted", "inconclusive", "SIGTERM"],
  ]);
});

test("a recorder that is dropped leaves an interrupted run with the verdict error", async () => {
  await using dir = await tempDir();
  {
    await using recorder = start(dir.path);
    recorder.checkFinished(sampleCheck("a/1", { state: "pass" }));
  }
  const { run, events } = readRun(dir.path);
  expect([run.status, run.verdict, run.reason, run.checks.length, events.at(-1)?.kind]).toEqual([
    "interrupted",
    "error",
    "run did not finish",
    1,
    "run-interrupted",
  ]);
});

test("a second result for the same check, a broken record, and a result after the end are refused", async () => {
  await using dir = await tempDir();
  const recorder = start(dir.path);
  const check = sampleCheck("a/1", { state: "pass" });
  recorder.checkFinished(check);
  expect(() => recorder.checkFinished(check)).toThrow("A result for check a/1 is already recorded");
  expect(() =>
    recorder.checkFinished({
      ...sampleCheck("a/2", { state: "pass" }),
      figures: [{ name: "x", value: Number.NaN, unit: "s" }],
    }),
  ).toThrow("Check a/2 is not a valid record: figures.0.value: ");
  recorder.finish();
  expect(() => recorder.checkFinished(check)).toThrow("has ended");
});

test("a full disk is the host's fault, and what was recorded before stays readable", async () => {
  await using dir = await tempDir();
  const clock = createFakeClock();
  const recorder = start(dir.path, clock);
  recorder.checkFinished(sampleCheck("a/1", { state: "fail", reason: "x" }));
  // Every write to /dev/full fails with ENOSPC, as on a full disk.
  const next = join(dir.path, "run.json.next");
  symlinkSync("/dev/full", next);
  expect(() => recorder.checkFinished(sampleCheck("a/2", { state: "fail", reason: "x" }))).toThrow(
    expect.objectContaining({
      code: "HOST_RESOURCE",
      message: `The disk is full: ${join(dir.path, "run.json")} could not be written (ENOSPC)`,
    }),
  );
  const { run, problems } = readRun(dir.path);
  expect([run.checks.map(({ id }) => id), problems]).toEqual([
    ["a/1", "a/2"],
    ["run.json lacked 1 checks and 0 boots that events.jsonl has; they were taken from there"],
  ]);
  expect(recorder.finish().checks.length).toBe(2);
});

test("an event that cannot be written is the host's fault", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "events.jsonl");
  symlinkSync("/dev/full", path);
  expect(() => start(dir.path)).toThrow(`The disk is full: ${path} could not be written (ENOSPC)`);
});

test("a process killed at any moment leaves files that can be read", async () => {
  await using dir = await tempDir();
  const script = `
    import { startRunRecorder } from ${JSON.stringify(join(import.meta.dirname, "run-recorder.ts"))};
    import { sampleCheck, sampleFacts } from ${JSON.stringify(join(import.meta.dirname, "testing/sample-run.ts"))};
    const recorder = startRunRecorder(${JSON.stringify(dir.path)}, sampleFacts, { reports: [] });
    for (let n = 0; n < 100_000; n += 1) {
      recorder.checkFinished(sampleCheck("a/" + n, { state: n % 7 ? "pass" : "fail", reason: "x" }));
      if (n === 50) console.log("go");
    }`;
  const abort = new AbortController();
  const run50 = exec(process.execPath, ["--input-type=module", "-e", script], {
    signal: abort.signal,
    onLine: () => abort.abort(),
  });
  await expect(run50).rejects.toThrow();
  const { run, events } = readRun(dir.path);
  const recorded = events.filter(({ kind }) => kind === "check-finished").length;
  expect([run.status, run.verdict, run.checks.length >= 51, recorded]).toEqual([
    "running",
    "error",
    true,
    run.checks.length,
  ]);
});

test("a flood of evidence is kept within a budget, verdicts are all kept", async () => {
  await using dir = await tempDir();
  const recorder = start(dir.path);
  const evidence = Array.from({ length: 30 }, () => ({ kind: "exec", text: "x".repeat(16_000) }));
  for (let n = 0; n < 50; n += 1) {
    recorder.checkFinished(sampleCheck(`a/${n}`, { state: "pass" }, { evidence }));
  }
  recorder.finish();
  const { run } = readRun(dir.path);
  expect([run.checks.length, run.checks.at(-1)?.evidence]).toEqual([
    50,
    [{ kind: "note", text: "texts and figures left out: this run already holds its limit" }],
  ]);
  expect(readdirSync(dir.path)).toEqual(["count.txt", "events.jsonl", "run.json"]);
});
