import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallDisk } from "../../core/testing/small-disk.ts";
import { tempDir } from "../../core/tmp.ts";
import { deadBoot, sampleRun } from "../../results/testing/sample-run.ts";
import { bootsOfImage } from "./boots-of-image.ts";
import { bootsOfRun } from "./boots-of-run.ts";
import { importRuns, rebuild } from "./import-runs.ts";
import { openHistory } from "./open-history.ts";
import { runIdOf } from "./run-id.ts";
import { bootOf, runOf, writeRun } from "./testing/sample-boots.ts";

test("the boots of a run directory come out of the history as run.json has them", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const directory = writeRun(dir.path, "run", sampleRun);
  const imported = importRuns(history, [directory]);
  const ofRun = {
    runId: runIdOf(sampleRun),
    runStatus: "finished",
    startedAt: "2026-11-21T20:00:00.000Z",
    image: "reference",
    imageSha256: "a".repeat(64),
    profile: "reference",
    qemuVersion: "10.0.13",
    cpuModel: "Nehalem",
    cores: 2,
    hostKernel: "6.12.0",
    memoryMiB: 8192,
    accel: "tcg",
  };
  expect([imported, bootsOfImage(history, { image: "reference" })]).toEqual([
    { runs: 1, boots: { added: 2, replaced: 0, known: 0 }, skipped: [] },
    [
      {
        ...ofRun,
        bootId: "01",
        configuration: "q35-bios",
        measure: "wall",
        state: "pass",
        totalMs: 13_400,
        phases: [
          { name: "firmware", startMs: 0, endMs: 900 },
          { name: "kernel", startMs: 900, endMs: 4200 },
          { name: "userspace", startMs: 4200, endMs: 13_400 },
        ],
      },
      { ...ofRun, bootId: "02", configuration: "q35-uefi", state: "fail", phases: [] },
    ],
  ]);
});

test("a timeline's digest of what it compares with, its idle time and its noise are kept", () => {
  const boot = bootOf(1, 1000);
  const timeline = {
    schemaVersion: 1,
    phases: [],
    totalMs: 1000,
    totalCost: 5,
    accel: "tcg",
    measure: "cost",
    comparability: "e".repeat(64),
    idleMs: 12.5,
    noise: { stealMs: 3, hostLoad: 2.5, swapMiB: 1, waitedMs: 7 },
  } as const;
  const run = runOf(0, [], { boots: [{ ...boot, timeline }] });
  const { comparability, idleMs, stealMs, hostLoad, swapMiB, waitedMs, totalCost } =
    bootsOfRun(run)[0] ?? {};
  expect([comparability, idleMs, stealMs, hostLoad, swapMiB, waitedMs, totalCost]).toEqual([
    "e".repeat(64),
    12.5,
    3,
    2.5,
    1,
    7,
    5,
  ]);
});

test("a directory that is imported again adds nothing, also under another name", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const directory = writeRun(dir.path, "run", runOf(0, [1000, 1100]));
  importRuns(history, [directory]);
  const copy = writeRun(dir.path, "copy", runOf(0, [1000, 1100]));
  expect(importRuns(history, [directory, copy])).toEqual({
    runs: 2,
    boots: { added: 0, replaced: 0, known: 4 },
    skipped: [],
  });
  expect(bootsOfImage(history, { image: "reference" }).length).toBe(2);
});

test("a run that was imported while it went on is brought up to date when it has ended", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const early = writeRun(dir.path, "early", runOf(0, [1000], { status: "running" }));
  const late = writeRun(dir.path, "late", runOf(0, [1000, 1100]));
  importRuns(history, [early]);
  expect(importRuns(history, [late]).boots).toEqual({ added: 1, replaced: 1, known: 0 });
  const statuses = bootsOfImage(history, { image: "reference" }).map(({ runStatus }) => runStatus);
  expect(statuses).toEqual(["finished", "finished"]);
  expect(importRuns(history, [early]).boots).toEqual({ added: 0, replaced: 0, known: 1 });
});

test("what a rebuild finds changed replaces what was known, and other runs stay", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const gone = writeRun(dir.path, "gone", runOf(1, [2000]));
  importRuns(history, [gone, writeRun(dir.path, "run", runOf(0, [1000]))]);
  const changed = writeRun(dir.path, "changed", runOf(0, [1234]));
  expect(rebuild(history, [changed]).boots).toEqual({ added: 0, replaced: 1, known: 0 });
  const totals = bootsOfImage(history, { image: "reference" }).map(({ totalMs }) => totalMs);
  expect(totals).toEqual([2000, 1234]);
});

test("a damaged directory is reported and hinders no other", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const [empty, half, twice] = ["empty", "half", "twice"].map((name) => join(dir.path, name));
  mkdirSync(empty ?? "");
  mkdirSync(half ?? "");
  writeFileSync(join(half ?? "", "run.json"), '{"schemaVersion":1,"sta');
  const boot = bootOf(1, 1000, ["kernel", "kernel"]);
  writeRun(dir.path, "twice", runOf(1, [], { boots: [boot] }));
  const newer = writeRun(dir.path, "newer", runOf(2, [1000], { schemaVersion: 99 }));
  const good = writeRun(dir.path, "good", runOf(0, [1000], { boots: [bootOf(1, 1000), deadBoot] }));
  const directories = [empty, half, twice, newer, good].map((path) => path ?? "");
  expect(importRuns(history, directories)).toEqual({
    runs: 1,
    boots: { added: 2, replaced: 0, known: 0 },
    skipped: [
      { directory: empty, problem: `${empty}/run.json cannot be read` },
      { directory: half, problem: `${half}/run.json is not JSON` },
      {
        directory: twice,
        problem: `Boot 01 of ${twice} cannot be kept: a phase stands here a second time`,
      },
      {
        directory: newer,
        problem: `${newer}/run.json has schemaVersion 99; this Bootwright reads up to 1`,
      },
    ],
  });
});

test("a full disk ends the import with its name, and the run is taken in when there is room", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const totals = Array.from({ length: 500 }, (_, index) => 1000 + index);
  const directory = writeRun(dir.path, "run", runOf(0, totals));
  history.database.exec("PRAGMA max_page_count = 20");
  expect(() => importRuns(history, [directory])).toThrow(
    expect.objectContaining({
      code: "HOST_RESOURCE",
      message: `The disk is full: history ${history.path} cannot be written`,
    }),
  );
  expect(bootsOfImage(history, { image: "reference" })).toEqual([]);
  history.database.exec("PRAGMA max_page_count = 1000000");
  expect(importRuns(history, [directory]).boots).toEqual({ added: 500, replaced: 0, known: 0 });
});

test("so does a disk that is really full", async ({ skip }) => {
  await using dir = await tempDir();
  using disk = smallDisk(join(dir.path, "disk"), 512);
  if (disk === undefined) return skip("this user may not mount");
  using history = openHistory(join(disk.path, "history.sqlite"));
  const totals = Array.from({ length: 2000 }, (_, index) => 1000 + index);
  const directory = writeRun(dir.path, "run", runOf(0, totals));
  expect(() => importRuns(history, [directory])).toThrow(
    expect.objectContaining({
      code: "HOST_RESOURCE",
      message: `The disk is full: history ${history.path} cannot be written`,
    }),
  );
  const small = writeRun(dir.path, "small", runOf(1, [1000]));
  expect(importRuns(history, [small]).boots).toEqual({ added: 1, replaced: 0, known: 0 });
});
