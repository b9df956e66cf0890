import { expect, test } from "vitest";
import type { BootwrightError } from "../../core/errors.ts";
import type { Budget } from "./budget-file.ts";
import { budgetsFor, type Measurement } from "./budgets-for.ts";

const kernel: Budget = {
  phase: "kernel",
  unit: "instructions",
  accel: "tcg",
  limit: 2_300_000_000,
  measuredWith: { qemuVersion: "10.0.13", comparability: "aaaa" },
  owner: "kernel team",
  reason: "what was measured, plus 5 %",
};
const idle: Budget = {
  phase: "idle",
  unit: "virtual-ms",
  accel: "tcg",
  limit: 1500,
  owner: "node team",
  reason: "a sleep costs no instructions",
};
const wall: Budget = { ...kernel, unit: "wall-ms", limit: 3600 };
const onKvm: Budget = { ...wall, accel: "kvm", limit: 900 };
const measured: Measurement = {
  accel: "tcg",
  measure: "cost",
  configuration: "default",
  qemuVersion: "10.0.13",
  comparability: "aaaa",
  today: "2026-12-01",
  where: "reference.budget.yaml",
};

const answer = (budgets: readonly Budget[], more: Partial<Measurement> = {}): unknown => {
  try {
    return budgetsFor({ schema: 1, image: "reference", budgets }, { ...measured, ...more });
  } catch (error) {
    const { code, message, hint } = error as BootwrightError;
    return { code, message, hint };
  }
};

test("a measurement is judged by the budgets of its accelerator and measure", () => {
  const budgets = [kernel, idle, wall, onKvm];
  expect([
    answer(budgets),
    answer(budgets, { measure: "wall" }),
    answer(budgets, { measure: "wall", accel: "kvm" }),
  ]).toEqual([[kernel, idle], [wall], [onKvm]]);
});

test("a configuration's own budget comes before that of all, an exception before both kinds of its own", () => {
  const own = { ...kernel, configuration: "default", limit: 2 };
  const other = { ...kernel, configuration: "secure-boot", limit: 3 };
  const exception = { ...kernel, limit: 4, until: "2026-12-01" };
  expect([answer([kernel, own, other]), answer([exception, kernel, other])]).toEqual([
    [own],
    [exception],
  ]);
});

test("an exception holds through its last day, and then it must be dealt with", () => {
  const exception = { ...kernel, limit: 4, until: "2026-12-01" };
  expect([
    answer([kernel, exception]),
    answer([kernel, exception], { today: "2026-12-02" }),
  ]).toMatchInlineSnapshot(`
    [
      [
        {
          "accel": "tcg",
          "limit": 4,
          "measuredWith": {
            "comparability": "aaaa",
            "qemuVersion": "10.0.13",
          },
          "owner": "kernel team",
          "phase": "kernel",
          "reason": "what was measured, plus 5 %",
          "unit": "instructions",
          "until": "2026-12-01",
        },
      ],
      {
        "code": "BUDGET_UNUSABLE",
        "hint": "Remove the exceptions that have ended, or give them a later date and a reason",
        "message": "Budgets of reference.budget.yaml cannot judge this measurement: budgets[1] (kernel): the exception of kernel team ended on 2026-12-01, today is 2026-12-02",
      },
    ]
  `);
});

test("a limit of another QEMU or comparability judges nothing", () => {
  expect([
    answer([kernel, idle], { qemuVersion: "10.1.0", comparability: "bbbb" }),
    answer([{ ...kernel, measuredWith: { qemuVersion: "10.0.13" } }], { comparability: "bbbb" }),
  ]).toMatchInlineSnapshot(`
    [
      {
        "code": "BUDGET_UNUSABLE",
        "hint": "Measure the budgets again with \`bootwright budget record\`, or judge with what they name",
        "message": "Budgets of reference.budget.yaml cannot judge this measurement: budgets[0] (kernel): its limit was measured with QEMU 10.0.13, the boots with 10.1.0; budgets[0] (kernel): its limit was measured with comparability aaaa, the boots with bbbb",
      },
      [
        {
          "accel": "tcg",
          "limit": 2300000000,
          "measuredWith": {
            "qemuVersion": "10.0.13",
          },
          "owner": "kernel team",
          "phase": "kernel",
          "reason": "what was measured, plus 5 %",
          "unit": "instructions",
        },
      ],
    ]
  `);
});

test("where nothing fits, the first thing that is missing is named", () => {
  expect([
    answer([onKvm]),
    answer([{ ...kernel, configuration: "secure-boot" }]),
    answer([wall]),
    answer([kernel], { measure: "wall" }),
  ]).toMatchInlineSnapshot(`
    [
      {
        "code": "BUDGET_UNUSABLE",
        "hint": "Record some with \`bootwright budget record\`, or measure as the file's budgets were measured",
        "message": "Expected budgets of reference for accelerator tcg in reference.budget.yaml, seen only kvm",
      },
      {
        "code": "BUDGET_UNUSABLE",
        "hint": "Record some with \`bootwright budget record\`, or measure as the file's budgets were measured",
        "message": "Expected budgets of reference for configuration default in reference.budget.yaml, seen only secure-boot",
      },
      {
        "code": "BUDGET_UNUSABLE",
        "hint": "Record some with \`bootwright budget record\`, or measure as the file's budgets were measured",
        "message": "Expected budgets of reference in instructions, the unit of measure cost, in reference.budget.yaml, seen only wall-ms",
      },
      {
        "code": "BUDGET_UNUSABLE",
        "hint": "Record some with \`bootwright budget record\`, or measure as the file's budgets were measured",
        "message": "Expected budgets of reference in wall-ms, the unit of measure wall, in reference.budget.yaml, seen only instructions",
      },
    ]
  `);
});

test("boots that do not say what they compare with are not judged by a limit that does", () => {
  const { comparability: _, ...unknown } = measured;
  expect(() => budgetsFor({ schema: 1, image: "reference", budgets: [kernel] }, unknown)).toThrow(
    "its limit was measured with comparability aaaa, the boots with an unknown one",
  );
});
