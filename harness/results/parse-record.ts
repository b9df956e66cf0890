import type { z } from "zod";
import { BootwrightError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";

const maxProblems = 10;

/** @throws {BootwrightError} RESULTS_INVALID with every problem and its path (at most ten are written out). */
export const parseRecord = <T>(
  schema: z.ZodType<T>,
  value: unknown,
  where: string,
  hint: string,
): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join(".") || "(top)"}: ${printable(message, 200)}`,
  );
  const more = problems.length > maxProblems ? `; and ${problems.length - maxProblems} more` : "";
  throw new BootwrightError(
    "RESULTS_INVALID",
    `${where} is not a valid record: ${problems.slice(0, maxProblems).join("; ")}${more}`,
    { hint, details: { problems: problems.slice(0, 100) } },
  );
};
