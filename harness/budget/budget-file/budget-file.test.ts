import { expect, test } from "vitest";
import type { BootwrightError } from "../../core/errors.ts";
import { parseBudgetFile } from "./budget-file.ts";

const kernel = {
  phase: "kernel",
  unit: "instructions",
  accel: "tcg",
  limit: 2_300_000_000,
  configuration: "default",
  measuredWith: { qemuVersion: "10.0.13", comparability: "d".repeat(64) },
  owner: "kernel team",
  reason: "what was measured, plus 5 %",
};
const exception = { ...kernel, limit: 2_500_000_000, until: "2027-01-31" };
const file = (...budgets: readonly unknown[]) => ({ schema: 1, image: "reference", budgets });

const problemsOf = (value: unknown): unknown => {
  try {
    return parseBudgetFile(value, "reference.budget.yaml");
  } catch (error) {
    const { code, message, hint, details } = error as BootwrightError;
    return { code, message, hint, problems: details["problems"] };
  }
};

test("a budget and an exception of it stand side by side", () => {
  const value = file(kernel, exception, {
    phase: "idle",
    unit: "virtual-ms",
    accel: "tcg",
    limit: 1500,
    owner: "node team",
    reason: "a sleep costs no instructions",
  });
  expect(parseBudgetFile(value, "reference.budget.yaml")).toEqual(value);
});

test("every problem is told at once, with its place, what was expected and what was seen", () => {
  const value = file(
    { ...kernel, phase: "coffee" },
    { ...kernel, unit: "wall-s" },
    { ...kernel, phase: "idle" },
    { ...kernel, unit: "virtual-ms" },
    { ...kernel, accel: "kvm", configuration: "other" },
    { ...kernel, limit: 0 },
    { ...kernel, until: "2027-02-30" },
    { ...kernel, owner: " ", colour: "red" },
  );
  expect(problemsOf(value)).toMatchInlineSnapshot(`
    {
      "code": "BUDGET_UNUSABLE",
      "hint": "Correct the file; docs/history.md has an example",
      "message": "Budget file reference.budget.yaml has problems: budgets.0.phase: Invalid option: expected one of "firmware"|"loader"|"kernel"|"initrd"|"userspace"|"containerd-ready"|"cri-ready"|"kubelet-healthy"|"node-ready"|"total"|"idle", seen "coffee"; budgets.1.unit: Invalid option: expected one of "wall-ms"|"instructions"|"virtual-ms", seen "wall-s"; budgets.2.unit: expected wall-ms or virtual-ms for idle, seen "instructions"; budgets.3.unit: expected wall-ms or instructions for kernel, seen "virtual-ms"; budgets.4.accel: expected tcg for instructions: under KVM no instructions are counted, seen "kvm"; budgets.5.limit: Too small: expected number to be >0, seen 0; budgets.6.until: expected a date such as 2027-01-31, seen "2027-02-30"; budgets.7.owner: expected some text, seen ""; budgets.7: Unrecognized key: "colour"",
      "problems": [
        "budgets.0.phase: Invalid option: expected one of "firmware"|"loader"|"kernel"|"initrd"|"userspace"|"containerd-ready"|"cri-ready"|"kubelet-healthy"|"node-ready"|"total"|"idle", seen "coffee"",
        "budgets.1.unit: Invalid option: expected one of "wall-ms"|"instructions"|"virtual-ms", seen "wall-s"",
        "budgets.2.unit: expected wall-ms or virtual-ms for idle, seen "instructions"",
        "budgets.3.unit: expected wall-ms or instructions for kernel, seen "virtual-ms"",
        "budgets.4.accel: expected tcg for instructions: under KVM no instructions are counted, seen "kvm"",
        "budgets.5.limit: Too small: expected number to be >0, seen 0",
        "budgets.6.until: expected a date such as 2027-01-31, seen "2027-02-30"",
        "budgets.7.owner: expected some text, seen """,
        "budgets.7: Unrecognized key: "colour"",
      ],
    }
  `);
});

test("one thing has one budget and one exception", () => {
  expect(
    problemsOf(file(kernel, exception, { ...exception, until: "2027-02-01" }, kernel)),
  ).toMatchInlineSnapshot(`
    {
      "code": "BUDGET_UNUSABLE",
      "hint": "Correct the file; docs/history.md has an example",
      "message": "Budget file reference.budget.yaml has problems: budgets.2: kernel in instructions under tcg stands here a second time; budgets.3: kernel in instructions under tcg stands here a second time",
      "problems": [
        "budgets.2: kernel in instructions under tcg stands here a second time",
        "budgets.3: kernel in instructions under tcg stands here a second time",
      ],
    }
  `);
});

test.each([[null], ["text"], [[]], [{}], [{ ...file(kernel), schema: 2 }], [file()]])(
  "%j is no budget file",
  (value) => {
    expect(problemsOf(value)).toMatchObject({ code: "BUDGET_UNUSABLE" });
  },
);

test("a hostile text is shown as text", () => {
  expect(problemsOf(file({ ...kernel, phase: "\u001b[31mred" }))).toMatchObject({
    message: expect.stringContaining('seen "\\u001b[31mred"'),
  });
});
