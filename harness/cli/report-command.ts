import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { toComparisonMarkdown, toComparisonText } from "../report/comparison-text.ts";
import { toSummary } from "../report/summary.ts";
import { readRun } from "../results/read-run.ts";

interface ReportOptions {
  readonly markdown?: string;
}

export const reportCommand = (): Command =>
  new Command("report")
    .description(
      "say what a run found; of several runs, what was measured on their images, side by side",
    )
    .argument("<run-dir...>", "directories that `bootwright run --out` wrote")
    .option("--markdown <file>", "write the comparison as a Markdown table as well")
    .action((directories: readonly string[], { markdown }: ReportOptions) => {
      const recorded = directories.map((directory) => ({ directory, ...readRun(directory) }));
      for (const { directory, problems } of recorded) {
        for (const problem of problems) process.stderr.write(`${directory}: ${problem}\n`);
      }
      const runs = recorded.map(({ run }) => run);
      const [only, second] = recorded;
      const isOne = only !== undefined && second === undefined;
      process.stdout.write(
        isOne ? toSummary(only.run, { directory: only.directory }) : toComparisonText(runs),
      );
      if (markdown !== undefined) writeMarkdown(markdown, toComparisonMarkdown(runs));
    });

const writeMarkdown = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new UsageError(`The table cannot be written to ${path}`, {
      hint: "Name a file in a directory that exists and can be written",
      cause,
    });
  }
};
