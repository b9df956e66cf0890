import { Command, Option } from "commander";
import { exitCodeOf } from "../verdict/state.ts";
import { accelOption } from "./accel-option.ts";
import { imageFileOption } from "./image-file-option.ts";
import { injectionOption } from "./injection-option.ts";
import { firmwareOption, secureBootOption, tpmOption } from "./machine-options.ts";
import { profileOption } from "./profile-option.ts";
import { repeatOption } from "./repeat-option.ts";
import { type RunOptions, runImage } from "./run/run-image.ts";

export const runCommand = (): Command =>
  new Command("run")
    .description("boot an image, run its suites, write a run directory, give a verdict")
    .argument("<image>", "catalogue name, NAME+MUTANT, manifest (*.yaml), or raw/qcow2 file")
    .option(
      "--suite <name>",
      "run this suite; may be repeated (default: those of the profile)",
      collect,
    )
    .addOption(imageFileOption())
    .addOption(profileOption())
    .addOption(
      new Option("--level <level>", "how thorough the suites are")
        .choices(["quick", "standard", "full"])
        .default("quick"),
    )
    .addOption(accelOption())
    .addOption(firmwareOption())
    .addOption(secureBootOption())
    .addOption(tpmOption())
    .addOption(injectionOption())
    .addOption(
      new Option(
        "--transport <transport>",
        "how the agent talks: a port of its own, or the console's line",
      )
        .choices(["port", "uart"])
        .default("port"),
    )
    .addOption(
      new Option(
        "--measure <measure>",
        "what the suite boot-time measures: seconds, or instructions; auto: instructions without KVM",
      )
        .choices(["auto", "wall", "cost"])
        .default("auto"),
    )
    .addOption(repeatOption("how many cold boots it counts the instructions of"))
    .option("--no-boot", "only checks of the image's file: nothing is booted")
    .option("--grep <regex>", "only checks whose id matches")
    .option("--out <dir>", "the run directory (default: bootwright-runs/TIME-IMAGE)")
    .action(
      async (
        image: string,
        options: Omit<RunOptions, "image" | "suite"> & { suite?: string[] },
      ) => {
        const run = await runImage({ ...options, suite: options.suite ?? [], image });
        process.exitCode = exitCodeOf(run.verdict);
      },
    );

const collect = (value: string, previous: string[] = []): string[] => [...previous, value];
