import { Command, Option } from "commander";
import { exitCodeOf } from "../verdict/state.ts";
import { type RunOptions, runImage } from "./run/run-image.ts";

export const runCommand = (): Command =>
  new Command("run")
    .description("boot an image, run its suites, write a run directory, give a verdict")
    .argument("<image>", "catalogue name, NAME+MUTANT, manifest (*.yaml), or raw/qcow2 file")
    .option(
      "--suite <name>",
      "run this suite; may be repeated (default: those of the profile)",
      collect,
      [],
    )
    .addOption(
      new Option("--level <level>").choices(["quick", "standard", "full"]).default("quick"),
    )
    .addOption(new Option("--accel <accel>").choices(["auto", "kvm", "tcg"]).default("auto"))
    .addOption(
      new Option(
        "--transport <transport>",
        "how the agent talks: a port of its own, or the console's line",
      )
        .choices(["port", "uart"])
        .default("port"),
    )
    .option("--grep <regex>", "only checks whose id matches")
    .option("--out <dir>", "the run directory (default: bootwright-runs/TIME-IMAGE)")
    .action(async (image: string, options: Omit<RunOptions, "image">) => {
      const run = await runImage({ ...options, image });
      process.exitCode = exitCodeOf(run.verdict);
    });

const collect = (value: string, previous: string[]): string[] => [...previous, value];
