import { Command, Option } from "commander";
import { mutantImageName, suitesOfMutant } from "../../images/mutant.ts";
import { listMutants } from "../../images/mutants.ts";
import { type MutantsOptions, runMutants } from "./run/run-mutants.ts";

export const mutantsCommand = (): Command => {
  const mutants = new Command("mutants").description(
    "images changed on purpose, and the checks that must fail on them",
  );
  mutants
    .command("list")
    .description("one IMAGE+NAME a line with its suites")
    .action(() => {
      for (const mutant of listMutants()) {
        process.stdout.write(`${mutantImageName(mutant)} ${suitesOfMutant(mutant).join(",")}\n`);
      }
    });
  mutants
    .command("run")
    .description("run mutants and prove that exactly their checks fail")
    .option("--only <glob...>", "IMAGE+NAME patterns, * stands for any text")
    .option("--suite <name>", "only mutants of this suite")
    .addOption(
      new Option("--level <level>", "quick: one a suite; full: every suite on each mutant")
        .choices(["quick", "standard", "full"])
        .default("standard"),
    )
    .option("--out <dir>", "keep mutants.json and the run directories here")
    .action(async (options: MutantsOptions) => {
      process.exitCode = await runMutants(options);
    });
  return mutants;
};
