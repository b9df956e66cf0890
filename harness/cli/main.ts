#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { errorCodeOf, renderError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { bootCommand } from "./boot-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { imagesCommand } from "./images-command.ts";
import { mutantsCommand } from "./mutants-command.ts";
import { runCommand } from "./run-command.ts";
import { toolVersion } from "./version.ts";

const program = new Command("bootwright")
  .description("Proves that a built operating-system image works before it ships")
  .version(toolVersion)
  .exitOverride()
  .addCommand(runCommand())
  .addCommand(bootCommand())
  .addCommand(imagesCommand())
  .addCommand(mutantsCommand())
  .addCommand(doctorCommand());
for (const command of program.commands) {
  command.exitOverride();
  for (const inner of command.commands) inner.exitOverride();
}

/** 2 for what the user can correct, 3 for what the host lacks, 4 for the rest: see docs/errors.md. */
const exitCodeOfError = (error: unknown): number => {
  const code = errorCodeOf(error);
  if (code === undefined) return 4;
  if (
    /^(USAGE|CONFIG_INVALID|IMAGE_UNKNOWN|IMAGE_UNUSABLE|IMAGE_DIGEST|RESULTS_INVALID)$/.test(code)
  )
    return 2;
  if (/^(HOST_TOOL_MISSING|HOST_RESOURCE|ABORTED|QEMU_START)$/.test(code)) return 3;
  return 4;
};

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    for (const line of renderError(error).split("\n")) {
      process.stderr.write(`bootwright: ${printable(line)}\n`);
    }
    if (process.env["BOOTWRIGHT_LOG"] !== undefined)
      process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = exitCodeOfError(error);
  }
}
