import { Command } from "commander";
import { mutantImageName, suitesOfMutant } from "../../images/mutant.ts";
import { listMutants } from "../../images/mutants.ts";
import { runMutants } from "./run/run-mutants.ts";

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
    .description("boot mutants and prove that exactly their checks fail")
    .option("--only <glob>", "IMAGE+NAME pattern, * stands for any text")
    .option("--suite <name>", "only mutants of this suite")
    .option("--out <dir>", "keep the run directories here")
    .action(async (options: { only?: string; suite?: string; out?: string }) => {
      process.exitCode = await runMutants(options);
    });
  return mutants;
};
