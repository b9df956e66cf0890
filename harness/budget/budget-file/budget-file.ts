import { z } from "zod";
import { BudgetError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { type Measured, measuredNames } from "../measured.ts";
import { type BudgetUnit, budgetUnits, unitOf } from "./budget-unit.ts";

/** The most that something may take. */
export interface Budget {
  readonly phase: Measured;
  readonly unit: BudgetUnit;
  readonly accel: "kvm" | "tcg";
  readonly limit: number;
  /** Only for boots of this machine configuration. Default: for those that have no budget of their own. */
  readonly configuration?: string;
  /** What the limit was measured with; a measurement with something else is not judged by it. Default: set by hand. */
  readonly measuredWith?: MeasuredWith;
  /** Who decides about it. */
  readonly owner: string;
  readonly reason: string;
  /** Makes it an exception, which stands in place of the budget without an end, through this day (ISO date, UTC). */
  readonly until?: string;
}

export interface MeasuredWith {
  readonly qemuVersion: string;
  /** Digest of QEMU build, firmware and option string. */
  readonly comparability?: string;
}

/** NAME.budget.yaml beside a manifest. */
export interface BudgetFile {
  readonly schema: 1;
  readonly image: string;
  readonly budgets: readonly Budget[];
}

const text = z.string().trim().min(1, "expected some text").max(1000);

const budgetSchema: z.ZodType<Budget> = z
  .strictObject({
    phase: z.enum(measuredNames),
    unit: z.enum(budgetUnits),
    accel: z.enum(["kvm", "tcg"]),
    limit: z.number().positive().max(Number.MAX_SAFE_INTEGER),
    configuration: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, "expected the name of a machine configuration")
      .exactOptional(),
    measuredWith: z
      .strictObject({
        qemuVersion: text,
        comparability: z.string().min(1).max(200).exactOptional(),
      })
      .exactOptional(),
    owner: text,
    reason: text,
    until: z.iso.date("expected a date such as 2027-01-31").exactOptional(),
  })
  .superRefine((budget, context) => {
    const { phase, unit, accel } = budget;
    const units = [unitOf(phase, "wall"), unitOf(phase, "cost")];
    if (!units.includes(unit))
      context.addIssue({
        code: "custom",
        path: ["unit"],
        input: unit,
        message: `expected ${units.join(" or ")} for ${phase}`,
      });
    if (unit !== "wall-ms" && accel !== "tcg")
      context.addIssue({
        code: "custom",
        path: ["accel"],
        input: accel,
        message: `expected tcg for ${unit}: under KVM no instructions are counted`,
      });
  });

/** For a reader that knows the places of a file's values. */
export const budgetFileSchema: z.ZodType<BudgetFile> = z.strictObject({
  schema: z.literal(1),
  image: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, "expected the name of an image"),
  budgets: z
    .array(budgetSchema)
    .min(1, "expected at least one budget")
    .max(1000)
    .superRefine((budgets, context) => {
      const seen = new Set<string>();
      for (const [index, budget] of budgets.entries()) {
        const key = keyOf(budget);
        if (seen.has(key))
          context.addIssue({
            code: "custom",
            path: [index],
            message: `${budget.phase} in ${budget.unit} under ${budget.accel} stands here a second time`,
          });
        seen.add(key);
      }
    }),
});

const keyOf = ({ phase, unit, accel, configuration, until }: Budget): string =>
  JSON.stringify([phase, unit, accel, configuration ?? null, until !== undefined]);

const maxProblems = 20;

/**
 * @param value what the YAML says. `where`: the file, for messages.
 * @throws {BudgetError} with every problem: its place, what was expected and what was seen.
 */
export const parseBudgetFile = (value: unknown, where: string): BudgetFile => {
  const { data, error } = budgetFileSchema.safeParse(value, { reportInput: true });
  if (data !== undefined) return data;
  const problems = error.issues.map(problemOf);
  const more = problems.length > maxProblems ? `; and ${problems.length - maxProblems} more` : "";
  throw new BudgetError(
    `Budget file ${where} has problems: ${problems.slice(0, maxProblems).join("; ")}${more}`,
    { hint: "Correct the file; docs/history.md has an example", details: { where, problems } },
  );
};

const problemOf = ({ path, message, input }: z.core.$ZodIssue): string => {
  const place = path.map(String).join(".") || "(top)";
  const isShown = ["string", "number", "boolean"].includes(typeof input);
  return `${place}: ${printable(message, 300)}${isShown ? `, seen ${printable(JSON.stringify(input), 80)}` : ""}`;
};
