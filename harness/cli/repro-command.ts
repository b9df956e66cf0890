import { Command } from "commander";
import { accelOption } from "./accel-option.ts";
import { type ReproOptions, reproState } from "./run/repro-state.ts";

export const reproCommand = (): Command =>
  new Command("repro")
    .description("make a crash state that a power-cut check found bad again, and boot it")
    .argument("<run-dir>", "directory that `bootwright run --out` wrote")
    .argument(
      "[check-id]",
      "as in upgrade-rollback/power-cut/ostree/v2; default: the first with bad states",
    )
    .option("--state <name>", "the state, as the check's evidence names it; default: the first")
    .option("--list", "only list the bad states")
    .option(
      "--console",
      "after the boot, stay and connect the keyboard to the console; Ctrl-] ends the machine",
    )
    .option("--keep-disk <file>", "keep the state as a raw disk image, too")
    .addOption(accelOption())
    .action(
      async (
        runDirectory: string,
        check: string | undefined,
        options: Omit<ReproOptions, "runDirectory" | "check">,
      ) => {
        const asked = check === undefined ? {} : { check };
        process.exitCode = await reproState({ ...options, runDirectory, ...asked });
      },
    );
