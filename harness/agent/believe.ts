import type { z } from "zod";
import { GuestError } from "../core/errors.ts";

/** @throws {GuestError} PROTOCOL when an answer of the guest does not have the form that it must have. */
export const believe = <T>(answer: unknown, schema: z.ZodType<T>, name: string): T => {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new GuestError(
    "PROTOCOL",
    `The guest agent's answer to ${name} has not the expected form: ${problems.join("; ")}`,
    { hint: "Is the agent in the guest of the same version as the host's side?" },
  );
};
