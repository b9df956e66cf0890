import { Command, CommanderError } from "commander";
import { bootCommand } from "./boot-command.ts";
import { budgetCommand } from "./budget-command.ts";
import { cacheCommand } from "./cache-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { imagesCommand } from "./images-command.ts";
import { inspectCommand } from "./inspect-command.ts";
import { mutantsCommand } from "./mutants-command.ts";
import { reportCommand } from "./report-command.ts";
import { reportError } from "./report-error.ts";
import { reproCommand } from "./repro-command.ts";
import { endOnClosedPipe, endOnInterrupt } from "./run/on-interrupt.ts";
import { runCommand } from "./run-command.ts";
import { strictCommand } from "./strict-command.ts";
import { toolVersion } from "./version.ts";

/** Does what the arguments of this process say, and sets its exit code. */
export const runCommandLine = async (): Promise<void> => {
  endOnInterrupt();
  // Node's own exit code for these is 1, which here means that the image failed.
  process.on("uncaughtException", (error) => process.exit(reportError(error)));
  endOnClosedPipe(process.stdout);
  endOnClosedPipe(process.stderr);
  try {
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    // Not by process.exitCode: suites may still be running.
    else process.exit(reportError(error));
  }
};

const program = (): Command =>
  strictCommand(
    new Command("bootwright")
      .description("Proves that a built operating-system image works before it ships")
      .version(toolVersion)
      .addCommand(runCommand())
      .addCommand(bootCommand())
      .addCommand(inspectCommand())
      .addCommand(reportCommand())
      .addCommand(reproCommand())
      .addCommand(imagesCommand())
      .addCommand(budgetCommand())
      .addCommand(mutantsCommand())
      .addCommand(cacheCommand())
      .addCommand(doctorCommand()),
  );
