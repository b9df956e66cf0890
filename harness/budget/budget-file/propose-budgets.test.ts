import fc from "fast-check";
import { expect, test } from "vitest";
import type { HistoryBoot } from "../history/history-boot.ts";
import { sampleHistoryBoot } from "../history/testing/sample-boots.ts";
import { type Budget, type BudgetFile, parseBudgetFile } from "./budget-file.ts";
import { proposeBudgets } from "./propose-budgets.ts";

const boot = (kernelCost: number, more: Partial<HistoryBoot> = {}): HistoryBoot => {
  const { totalCost: _, idleMs: __, comparability: ___, ...rest } = sampleHistoryBoot;
  return {
    ...rest,
    phases: [{ name: "kernel", startMs: 0, endMs: 1, cost: kernelCost }],
    ...more,
  };
};
const budget = (limit: number, more: Partial<Budget> = {}): Budget => ({
  phase: "kernel",
  unit: "instructions",
  accel: "tcg",
  limit,
  measuredWith: { qemuVersion: "10.0.13" },
  owner: "kernel team",
  reason: "we said so",
  ...more,
});
const fileOf = (...budgets: readonly Budget[]): BudgetFile => ({
  schema: 1,
  image: "reference",
  budgets,
});
const options = { margin: 0.05, owner: "node team" };

test("a new budget is the median plus the margin, rounded up, and says where it came from", () => {
  const later = { startedAt: "2026-11-03T00:00:00.000Z" };
  expect(
    proposeBudgets([boot(2_163_951_535), boot(2_163_951_537, later), boot(9e9)], options),
  ).toEqual({
    file: fileOf(
      budget(2_273_000_000, { owner: "node team", reason: "what was measured, plus 5 %" }),
    ),
    changes: [
      {
        kind: "new",
        comment:
          "median of 3 boots from 2026-11-01 to 2026-11-03, 2163951537 instructions, plus 5 %",
      },
    ],
  });
});

test("total and idle time get a budget too, in the unit of the measure", () => {
  const measuredWith = { qemuVersion: "10.0.13", comparability: "d".repeat(64) };
  const limitsOf = (one: HistoryBoot) =>
    proposeBudgets([one], options).file.budgets.map(({ phase, unit, limit, measuredWith: by }) => {
      expect(by).toEqual(measuredWith);
      return [phase, unit, limit];
    });
  expect([
    limitsOf(sampleHistoryBoot),
    limitsOf({ ...sampleHistoryBoot, measure: "wall" }),
  ]).toEqual([
    [
      ["kernel", "instructions", 2_273_000_000],
      ["total", "instructions", 9_361_000_000],
      ["idle", "virtual-ms", 1270],
    ],
    [
      ["firmware", "wall-ms", 946],
      ["kernel", "wall-ms", 3470],
      ["total", "wall-ms", 63_100],
      ["idle", "wall-ms", 1270],
    ],
  ]);
});

test("an improvement lowers a limit; nothing raises one", () => {
  const lowered = proposeBudgets([boot(1000)], { ...options, current: fileOf(budget(2000)) });
  const kept = proposeBudgets([boot(3000)], { ...options, current: fileOf(budget(2000)) });
  expect([lowered, kept]).toEqual([
    {
      file: fileOf(budget(1050)),
      changes: [
        {
          kind: "lowered",
          oldLimit: 2000,
          comment: "median of 1 boot of 2026-11-01, 1000 instructions, plus 5 %",
        },
      ],
    },
    {
      file: fileOf(budget(2000)),
      changes: [
        {
          kind: "kept",
          oldLimit: 2000,
          comment: "median of 1 boot of 2026-11-01, 3000 instructions, plus 5 %, would be 3150",
        },
      ],
    },
  ]);
});

test("a limit that another QEMU measured is measured anew, also if that is more", () => {
  const current = fileOf(budget(2000, { measuredWith: { qemuVersion: "9.2.0" } }));
  const { file, changes } = proposeBudgets([boot(3000)], { ...options, current });
  expect([file.budgets, changes[0]?.kind]).toEqual([[budget(3150)], "remeasured"]);
});

test("exceptions and budgets without a boot stay as they are", () => {
  const [exception, kvm] = [
    budget(9000, { until: "2027-01-01" }),
    budget(900, { unit: "wall-ms", accel: "kvm" }),
  ];
  const current = fileOf(exception, kvm);
  const { file, changes } = proposeBudgets([boot(1000)], { ...options, current });
  expect([file.budgets.slice(0, 2), changes.map(({ kind, comment }) => [kind, comment])]).toEqual([
    [exception, kvm],
    [
      ["kept", "exception until 2027-01-01"],
      ["kept", "no boot was measured for it"],
      ["new", "median of 1 boot of 2026-11-01, 1000 instructions, plus 5 %"],
    ],
  ]);
});

test("only boots that compare with the newest count, and configurations are kept apart", () => {
  const boots = [
    boot(5000, { qemuVersion: "9.2.0" }),
    boot(1000, { startedAt: "2026-11-02T00:00:00.000Z" }),
    boot(2000, { configuration: "secure-boot" }),
    boot(7000, { state: "fail" }),
  ];
  const limits = proposeBudgets(boots, options).file.budgets.map(({ configuration, limit }) => [
    configuration,
    limit,
  ]);
  expect(limits).toEqual([
    ["default", 1050],
    ["secure-boot", 2100],
  ]);
});

test("another figure than the median may be taken", () => {
  const figure = { name: "maximum", of: (values: readonly number[]) => Math.max(...values) };
  const { file, changes } = proposeBudgets([boot(10), boot(20), boot(1000)], {
    ...options,
    figure,
  });
  expect([file.budgets[0]?.limit, changes[0]?.comment]).toEqual([
    1050,
    "maximum of 3 boots of 2026-11-01, 1000 instructions, plus 5 %",
  ]);
});

test("what cannot be proposed from is refused", () => {
  expect(() => proposeBudgets([boot(1)], { ...options, margin: 5 })).toThrow("from 0 to 1, not 5");
  expect(() => proposeBudgets([boot(1, { state: "fail" })], options)).toThrow(
    "Expected measured boots that passed",
  );
  expect(() => proposeBudgets([boot(1), boot(1, { image: "mine" })], options)).toThrow(
    "Budgets are of one image, not of reference and mine",
  );
});

test("a proposal is a valid budget file that its own boots keep, and proposing again changes nothing", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e13, noNaN: true }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (costs, margin) => {
      const boots = costs.map((cost) => boot(cost));
      const { file } = proposeBudgets(boots, { ...options, margin });
      expect(parseBudgetFile(file, "test")).toEqual(file);
      const sorted = costs.toSorted((a, b) => a - b);
      expect(file.budgets[0]?.limit).toBeGreaterThanOrEqual(
        sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
      );
      expect(proposeBudgets(boots, { ...options, margin, current: file }).file).toEqual(file);
    }),
  );
});
