import type { Measured } from "../measured.ts";

/** Boots that compare with each other. */
export interface Series {
  readonly image: string;
  readonly accel: "kvm" | "tcg";
  readonly measure: "wall" | "cost";
  /** Default: all, each for itself. */
  readonly configuration?: string;
}

/** SQL for the length of `what` in a row of boots, in ms or, in cost mode, instructions (idle is ms in both); `?` takes the phase's name. */
export const measuredSql = (
  what: Measured,
  measure: Series["measure"],
): { readonly sql: string; readonly values: readonly string[] } => {
  if (what === "idle") return { sql: "boots.idle_ms", values: [] };
  if (what === "total")
    return { sql: measure === "wall" ? "boots.total_ms" : "boots.total_cost", values: [] };
  const length = measure === "wall" ? "end_ms - start_ms" : "cost";
  return {
    sql: `(SELECT ${length} FROM phases WHERE phases.boot_key = boots.boot_key AND name = ?)`,
    values: [what],
  };
};
