import {
  type Budget,
  budgetsFor,
  type CheckTools,
  errorCodeOf,
  expect,
  fail,
  inconclusive,
  judgeCounted,
  type Measured,
  type Measuring,
  manifest,
  measuring,
  spreadOf,
  spreadText,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { type MeasuredBoot, measuredBoots } from "./measured-boots.ts";
import { valuesOf } from "./measured-values.ts";

/** `total`, and what else the budget file has a count for. */
const countedNames = ({ budgetFile }: Measuring): readonly Measured[] => {
  const budgets = budgetFile?.content.budgets ?? [];
  const counted = budgets.filter(({ unit }) => unit !== "wall-ms").map(({ phase }) => phase);
  return [...new Set<Measured>(["total", ...counted])];
};

// A counted guest that has nothing to do is never idle: its time goes on. So only the guest itself can tell that it is ready.
if (measuring().measure.kind === "cost" && manifest().ready.kind === "unit") {
  for (const name of countedNames(measuring())) {
    testTrial(
      measuredBoots,
      `boot-time/cost/${name}`,
      { claim: "C08", title: `${title(name)} keeps its budget of instructions` },
      (boots, tools) => judge(name, boots, tools),
    );
  }
}

function title(name: Measured): string {
  if (name === "total") return "The whole boot";
  return name === "idle" ? "The time in which the guest only waits" : `Phase ${name}`;
}

const judge = (name: Measured, boots: readonly MeasuredBoot[], tools: CheckTools): void => {
  const [first] = boots;
  if (first === undefined) return;
  for (const { boot, timeline } of boots)
    expect(timeline.comparability, `what the counts of boot ${boot} depend on`).toBe(
      first.timeline.comparability,
    );
  const values = valuesOf(boots, name);
  const unit = name === "idle" ? "virtual-ms" : "instructions";
  if (values.length === 0) unsupported(`No boot shows where ${name} begins and ends`);
  if (values.length < boots.length)
    fail(`Only ${values.length} of ${boots.length} boots show where ${name} begins and ends`);
  const spread = spreadOf(values);
  tools.figure("median", spread.median, unit);
  tools.figure("spread", spread.relative, "ratio");
  tools.figure("boots", spread.boots, "count");
  tools.evidence("counts", spreadText(spread, unit));
  const budget = budgetOf(name, first);
  tools.figure("budget", budget.limit, unit);
  const judged = judgeCounted(values, budget);
  tools.evidence("judgement", judged.reason);
  if (judged.state === "fail") fail(judged.reason);
  if (judged.state === "inconclusive") inconclusive(judged.reason);
};

/** Ends the check where there is none that may judge these boots. */
const budgetOf = (name: Measured, { timeline }: MeasuredBoot): Budget => {
  const { budgetFile, qemuVersion } = measuring();
  if (budgetFile === undefined) return unsupported("The image has no budget file");
  const { comparability } = timeline;
  try {
    const found = budgetsFor(budgetFile.content, {
      ...{ accel: "tcg", measure: "cost", configuration: "measured", qemuVersion },
      ...(comparability === undefined ? {} : { comparability }),
      today: new Date().toISOString().slice(0, 10),
      where: budgetFile.path,
    }).find(({ phase }) => phase === name);
    return found ?? unsupported(`${budgetFile.path} has no budget for ${name}`);
  } catch (error) {
    if (errorCodeOf(error) !== "BUDGET_UNUSABLE") throw error;
    return unsupported((error as Error).message);
  }
};
