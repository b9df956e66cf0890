import { Command, Option } from "commander";
import { mutantImageName, suitesOfMutant } from "../../images/mutant.ts";
import { listMutants } from "../../images/mutants.ts";
import { mergeMutantRuns } from "./run/merge-mutant-runs.ts";
import { type MutantsOptions, runMutants } from "./run/run-mutants.ts";
import { parseShard } from "./run/shard.ts";

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
    .addOption(
      new Option("--shard <n/of>", "one of so many parts, as a CI matrix takes them").argParser(
        parseShard,
      ),
    )
    .option("--out <dir>", "keep mutants.json and the run directories here")
    .action(async (options: MutantsOptions) => {
      process.exitCode = await runMutants(options);
    });
  mutants
    .command("merge")
    .description("the table of all shards; fails when a mutant is missing")
    .argument("<mutants.json...>", "what `mutants run --shard` left")
    .option("--out <file>", "write the merged mutants.json here")
    .action((files: readonly string[], options: { readonly out?: string }) => {
      process.exitCode = mergeMutantRuns(files, options);
    });
  return mutants;
};
