import { Command, InvalidArgumentError, Option } from "commander";
import { checkBudgets } from "./budget/check-budgets.ts";
import { type CompareOptions, compareBoots } from "./budget/compare-boots.ts";
import { recordBudgets } from "./budget/record-budgets.ts";
import { showHistory } from "./budget/show-history.ts";
import { repeatOption } from "./repeat-option.ts";

export const budgetCommand = (): Command =>
  new Command("budget")
    .description("what boots may take: record it, check it, and look at what they took")
    .addCommand(
      withRuns(new Command("record"))
        .description("propose budgets from measured boots, and write them beside the manifest")
        .addOption(
          new Option("--margin <share>", "added to what was measured")
            .argParser(share)
            .default(0.02),
        )
        .option("--owner <who>", "of new budgets", "nobody yet")
        .action((image: string, options: { run: string[]; margin: number; owner: string }) =>
          recordBudgets(image, options),
        ),
    )
    .addCommand(
      withRuns(new Command("check"))
        .description("judge the newest counted run by the budgets beside the manifest")
        .action((image: string, { run }: { run: string[] }) => {
          process.exitCode = checkBudgets(image, run);
        }),
    )
    .addCommand(
      withRuns(new Command("history"))
        .description("list the measured runs of an image, newest first")
        .action((image: string, { run }: { run: string[] }) => showHistory(image, run)),
    )
    .addCommand(
      new Command("compare")
        .description(
          "count the boots of two images, and say what the second does more or less, and why",
        )
        .argument("<a>", "image, or the run directory of one whose boots were counted")
        .argument("<b>", "the same")
        .addOption(repeatOption("how many boots of each image"))
        .option("--out <dir>", "for the run directories (default: bootwright-runs/TIME-compare)")
        .action((a: string, b: string, options: CompareOptions) => compareBoots(a, b, options)),
    );

const withRuns = (command: Command): Command =>
  command
    .argument("<image>", "catalogue name or manifest (*.yaml)")
    .addOption(
      new Option("--run <dir>", "take this run directory into the history first; may be repeated")
        .argParser((value: string, previous: string[]) => [...previous, value])
        .default([]),
    );

const share = (text: string): number => {
  const value = Number(text);
  if (text !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("Expected a share from 0 to 1; 0.02 stands for 2 %.");
};
