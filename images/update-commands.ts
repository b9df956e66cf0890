import { z } from "zod";
import { oneLine } from "./field-schemas.ts";

/**
 * How an updater that no driver knows is called in the guest; the manifest's key `updateCommands`. In each word `%d` stands for
 * the directory in which the payload is mounted, `%i` for the identity of the release, `%v` for its version, `%n` for its name.
 */
export interface UpdateCommands {
  /** Programs that bring the release to the disk, one after another; the running system stays what it is. Default none. */
  readonly stage: readonly Command[];
  /** From then on the next boot starts the release. */
  readonly activate: readonly Command[];
  /** From then on the next boot starts the release that ran before. */
  readonly rollBack: readonly Command[];
  /** What tells which release runs. */
  readonly version: Reading;
  /** What lists the releases that can be booted, that of the next boot first. Absent: nothing does. */
  readonly entries?: Reading;
}

/** A program's absolute path and its arguments. */
export type Command = readonly string[];

export interface Reading {
  readonly argv: Command;
  /** A regular expression for its output, of which `^` and `$` fit each line; its first group is an identity. */
  readonly match: string;
}

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
