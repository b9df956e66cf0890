import { z } from "zod";
import { oneLine } from "./field-schemas.ts";
import type { Command, Reading, UpdateCommands } from "./update-commands.ts";

const command: z.ZodType<Command> = z
  .array(z.string().max(1000))
  .min(1, "expected a program and its arguments")
  .max(50)
  .refine(
    ([program]) => program?.startsWith("/") === true,
    "expected the program's absolute path first",
  );

const commands = z.array(command).max(20);

const hasOneGroup = (text: string): boolean => {
  try {
    // Beside an empty text the expression fits anything, and tells its groups.
    return new RegExp(`${text}|`).exec("")?.length === 2;
  } catch {
    return false;
  }
};

const reading: z.ZodType<Reading> = z.strictObject({
  argv: command,
  match: oneLine.refine(hasOneGroup, "expected a regular expression with one group"),
});

export const updateCommandsSchema: z.ZodType<UpdateCommands> = z.strictObject({
  stage: commands.default([]),
  activate: commands.min(1, "expected at least one command"),
  rollBack: commands.min(1, "expected at least one command"),
  version: reading,
  entries: reading.exactOptional(),
});
