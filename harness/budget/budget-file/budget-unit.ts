import type { Measured } from "../measured.ts";

/** `virtual-ms` is the guest's idle time where instructions are counted: its clock does not run with the host's. */
export const budgetUnits = ["wall-ms", "instructions", "virtual-ms"] as const;
export type BudgetUnit = (typeof budgetUnits)[number];

/** The only unit in which a measure gives the length of `what`. */
export const unitOf = (what: Measured, measure: "wall" | "cost"): BudgetUnit => {
  if (measure === "wall") return "wall-ms";
  return what === "idle" ? "virtual-ms" : "instructions";
};
