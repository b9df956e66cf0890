import { budgetPathOf } from "../../../images/catalog.ts";
import { buildPlugin } from "../../../qemu/plugin/build-plugin.ts";
import { refuseExpired } from "../../budget/budget-file/refuse-expired.ts";
import { UsageError } from "../../core/errors.ts";
import type { Measuring } from "../../fixtures/run-context.ts";
import { readBudgetFile, todayUtc } from "../budget/budget-file-of.ts";

export interface MeasuringOptions {
  /** What the suite boot-time measures; default auto: instructions where the accelerator is tcg. */
  readonly measure?: "auto" | "wall" | "cost";
  /** How many cold boots it measures; default 1. */
  readonly repeat?: number;
}

interface Measured {
  /** As on the command line. */
  readonly image: string;
  readonly accel: "kvm" | "tcg";
  readonly qemuVersion: string;
}

/**
 * What the suite boot-time measures, with the counter built where instructions are; undefined where it is not in the run.
 * @throws {HostError} HOST_TOOL_MISSING without a C compiler; {ConfigError} for a budget file with problems; {BudgetError} for
 * one with an exception that has ended; {UsageError} for several boots of which seconds are measured.
 */
export const measuringContext = async (
  suiteFiles: readonly string[],
  { measure = "auto", repeat = 1 }: MeasuringOptions,
  { image, accel, qemuVersion }: Measured,
): Promise<Measuring | undefined> => {
  if (!suiteFiles.some((file) => file.includes("/suites/boot-time/"))) return undefined;
  const isCounted = measure === "cost" || (measure === "auto" && accel === "tcg");
  if (!isCounted && repeat > 1)
    throw new UsageError(
      `--repeat ${repeat} counts the instructions of ${repeat} boots, and seconds are measured`,
      {
        hint: "Add --measure cost, or leave --repeat out",
      },
    );
  const path = budgetPathOf(image);
  const content = readBudgetFile(path);
  if (content !== undefined) refuseExpired(content, todayUtc(), path);
  return {
    measure: isCounted ? { kind: "cost", pluginPath: await buildPlugin() } : { kind: "wall" },
    repeat,
    qemuVersion,
    ...(content === undefined ? {} : { budgetFile: { path, content } }),
  };
};
