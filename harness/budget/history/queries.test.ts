import { join } from "node:path";
import { expect, test } from "vitest";
import { type TempDir, tempDir } from "../../core/tmp.ts";
import { bootWriter } from "./boot-writer.ts";
import { bootsOfImage } from "./boots-of-image.ts";
import type { History } from "./history.ts";
import type { HistoryBoot } from "./history-boot.ts";
import { latestBaseline } from "./latest-baseline.ts";
import { mediansByRun } from "./medians-by-run.ts";
import { openHistory } from "./open-history.ts";
import { sampleHistoryBoot } from "./testing/sample-boots.ts";

const run = (letter: string, day: number): Partial<HistoryBoot> => ({
  runId: letter.repeat(64),
  startedAt: `2026-11-0${day}T00:00:00.000Z`,
});

const historyOf = (dir: TempDir, boots: readonly Partial<HistoryBoot>[]): History => {
  const history = openHistory(join(dir.path, "history.sqlite"));
  const writer = bootWriter(history.database);
  for (const [index, boot] of boots.entries())
    writer.write({ ...sampleHistoryBoot, bootId: String(index + 1).padStart(2, "0"), ...boot });
  return history;
};

const series = { image: "reference", accel: "tcg", measure: "cost" } as const;

test("the boots of an image are told newest run first, within a limit and of one kind", async () => {
  await using dir = await tempDir();
  using history = historyOf(dir, [
    run("a", 1),
    run("b", 2),
    { ...run("b", 2), accel: "kvm" },
    { ...run("c", 3), configuration: "other" },
    { ...run("c", 3), image: "traditional" },
    { ...run("c", 3), measure: "wall" },
  ]);
  const idsOf = (wanted: Omit<Parameters<typeof bootsOfImage>[1], "image">) =>
    bootsOfImage(history, { image: "reference", ...wanted }).map(({ bootId }) => bootId);
  expect([
    idsOf({}),
    idsOf({ limit: 2 }),
    idsOf({ accel: "tcg", measure: "cost" }),
    idsOf({ configuration: "default", limit: 2 }),
  ]).toEqual([
    ["04", "06", "02", "03", "01"],
    ["04", "06"],
    ["04", "02", "01"],
    ["06", "02"],
  ]);
});

test("medians are those of the boots that passed, run by run and configuration by configuration", async () => {
  await using dir = await tempDir();
  using history = historyOf(dir, [
    { ...run("a", 1), totalCost: 10 },
    { ...run("a", 1), totalCost: 30 },
    { ...run("a", 1), totalCost: 11 },
    { ...run("a", 1), totalCost: 1, state: "fail" },
    { ...run("a", 1), totalCost: 90, configuration: "other" },
    { ...run("b", 2), totalCost: 20 },
    { ...run("b", 2), totalCost: 21 },
    { ...run("c", 3), state: "fail" },
  ]);
  const facts = {
    imageSha256: "a".repeat(64),
    qemuVersion: "10.0.13",
    comparability: "d".repeat(64),
  };
  const [a, b] = [run("a", 1), run("b", 2)].map((one) => ({ ...one, ...facts }));
  const [ofB, ofA, ofOther] = [
    { ...b, configuration: "default", boots: 2, failed: 0, median: 20.5, min: 20, max: 21 },
    { ...a, configuration: "default", boots: 3, failed: 1, median: 11, min: 10, max: 30 },
    { ...a, configuration: "other", boots: 1, failed: 0, median: 90, min: 90, max: 90 },
  ];
  expect([
    mediansByRun(history, series),
    mediansByRun(history, { ...series, configuration: "default", limit: 2 }),
  ]).toEqual([[ofB, ofA, ofOther], [ofB]]);
});

test("the median of a phase is its instructions in cost mode and its length in wall mode; idle is time in both", async () => {
  await using dir = await tempDir();
  using history = historyOf(dir, [run("a", 1), { ...run("b", 1), measure: "wall" }]);
  const medianOf = (what: "kernel" | "firmware" | "idle" | "total", measure: "wall" | "cost") =>
    mediansByRun(history, { ...series, measure, what }).map(({ median }) => median);
  expect([
    medianOf("kernel", "cost"),
    medianOf("firmware", "cost"),
    medianOf("idle", "cost"),
    medianOf("total", "cost"),
    medianOf("kernel", "wall"),
    medianOf("idle", "wall"),
    medianOf("total", "wall"),
  ]).toEqual([[2_163_951_535], [], [1200.5], [8_914_566_850], [3299.9], [1200.5], [60_000.25]]);
});

const wanted = {
  ...series,
  configuration: "default",
  qemuVersion: "10.0.13",
  comparability: "d".repeat(64),
};

test("the baseline is the newest run that compares, without the one that is compared", async () => {
  await using dir = await tempDir();
  using history = historyOf(dir, [
    run("a", 1),
    run("b", 2),
    { ...run("b", 2), state: "fail" },
    { ...run("b", 2), totalCost: 5 },
    { ...run("c", 3), qemuVersion: "10.1.0" },
    run("d", 4),
  ]);
  const baseline = latestBaseline(history, { ...wanted, notRun: "d".repeat(64), minBoots: 2 });
  expect(baseline).toEqual({
    kind: "found",
    ...run("b", 2),
    boots: [
      { ...sampleHistoryBoot, ...run("b", 2), bootId: "02" },
      { ...sampleHistoryBoot, ...run("b", 2), bootId: "04", totalCost: 5 },
    ],
  });
});

test("where no run compares, the reason says what differs", async () => {
  await using dir = await tempDir();
  using history = historyOf(dir, [
    { ...run("a", 1), accel: "kvm", measure: "wall", qemuVersion: "9" },
  ]);
  const reasonFor = (more: Partial<Parameters<typeof latestBaseline>[1]>) =>
    latestBaseline(history, { ...wanted, ...more });
  expect([
    reasonFor({}),
    reasonFor({ image: "mine" }),
    reasonFor({ accel: "kvm", measure: "wall", qemuVersion: "9", minBoots: 5 }),
  ]).toEqual([
    {
      kind: "none",
      reason:
        "The newest boots of reference as default do not compare: they have accel kvm, not tcg; measure wall, not cost; qemuVersion 9, not 10.0.13",
    },
    { kind: "none", reason: "The history has no other boot of mine as default that passed" },
    {
      kind: "none",
      reason: "No other run of reference as default has 5 boots that passed and compare",
    },
  ]);
});
