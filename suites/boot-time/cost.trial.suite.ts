import {
  type CheckTools,
  expect,
  fail,
  measuring,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { type MeasuredBoot, measuredBoots } from "./measured-boots.ts";
import { measuredPhases, valuesOf } from "./measured-values.ts";

if (measuring().measure.kind === "cost") {
  testTrial(
    measuredBoots,
    "boot-time/cost/counted",
    { title: "The instructions of each measured boot were counted up to its ready point" },
    (boots, tools) => {
      for (const { boot, timeline } of boots) {
        expect(timeline.comparability, `what counts of boot ${boot} depend on`).toBe(
          boots[0]?.timeline.comparability,
        );
      }
      const uncounted = boots.filter(({ timeline }) => timeline.totalCost === undefined);
      showValues(boots, tools);
      if (uncounted.length === boots.length)
        unsupported("Nothing in the guest marks its ready point: it took no agent");
      if (uncounted.length > 0)
        fail(`Boots without a total: ${uncounted.map(({ boot }) => boot).join(", ")}`);
    },
  );
}

const showValues = (boots: readonly MeasuredBoot[], { figure, evidence }: CheckTools): void => {
  const rows: string[] = [];
  for (const name of measuredPhases(boots)) {
    const values = valuesOf(boots, name).toSorted((a, b) => a - b);
    const [least = 0] = values;
    const most = values.at(-1) ?? 0;
    const median = values[Math.floor(values.length / 2)] ?? 0;
    const unit = name === "idle" ? "ms" : "instructions";
    figure(name, median, unit);
    figure(`${name}-spread`, median === 0 ? 0 : (most - least) / median, "ratio");
    rows.push(`${name}: median ${median} ${unit}, ${values.length} boots, spread ${most - least}`);
  }
  evidence("counts", rows.join("\n"));
};
