import { resolveImage } from "../../../images/catalog.ts";
import type { HistoryBoot } from "../../budget/history/history-boot.ts";
import { spreadOf, spreadText } from "../../budget/judge-measured.ts";
import { BudgetError } from "../../core/errors.ts";
import { measuredHistory } from "./measured-history.ts";

/** Prints the measured runs of an image, newest first: when, which image and emulator, and what its boots took. */
export const showHistory = (spec: string, runs: readonly string[]): void => {
  const { name } = resolveImage(spec);
  const boots = measuredHistory(name, runs);
  if (boots.length === 0)
    throw new BudgetError(`The history has no measured boot of ${name}`, {
      hint: `Measure some with \`bootwright run ${name} --suite boot-time\`, and give the directory with --run`,
    });
  for (const run of Map.groupBy(boots, ({ runId }) => runId).values())
    process.stdout.write(`${lineOf(run)}\n`);
};

const lineOf = (boots: readonly HistoryBoot[]): string => {
  const [first] = boots;
  if (first === undefined) return "";
  const unit = first.measure === "cost" ? "instructions" : "ms";
  const values = boots.flatMap(({ measure, totalCost, totalMs, state }) =>
    state === "pass" ? ((measure === "cost" ? totalCost : totalMs) ?? []) : [],
  );
  const failed = boots.filter(({ state }) => state !== "pass").length;
  const total = values.length === 0 ? "no total" : spreadText(spreadOf(values), unit);
  return [
    first.startedAt,
    `image ${first.imageSha256.slice(0, 12)}`,
    `${first.accel} QEMU ${first.qemuVersion.split(" ")[0]} ${first.comparability ?? ""}`.trim(),
    `total ${total}`,
    ...(failed > 0 ? [`${failed} boots failed`] : []),
  ].join("  ");
};
