import { expect, test } from "vitest";
import type { BudgetFile } from "./budget-file.ts";
import { refuseExpired } from "./refuse-expired.ts";

const file: BudgetFile = {
  schema: 1,
  image: "reference",
  budgets: [
    {
      phase: "kernel",
      unit: "wall-ms",
      accel: "kvm",
      limit: 900,
      owner: "kernel team",
      reason: "a slow driver",
      until: "2026-12-01",
    },
  ],
};

test("an exception holds through its last day, and then nothing is measured", () => {
  expect(() => refuseExpired(file, "2026-12-01", "a.budget.yaml")).not.toThrow();
  expect(() => refuseExpired(file, "2026-12-02", "a.budget.yaml")).toThrow(
    "Today is 2026-12-02, and in a.budget.yaml budgets[0] (kernel): the exception of kernel team ended on 2026-12-01",
  );
});
