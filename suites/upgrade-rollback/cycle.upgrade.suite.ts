import { level, profile, skip, testTrial } from "../../harness/index.ts";
import { aspects } from "./aspects.ts";
import { cycleOf } from "./cycle.ts";
import type { StatedDriver } from "./driver-of.ts";

const { upgrade } = profile();

/** At level quick the first driver stands for all. */
const drivers = (): readonly StatedDriver[] => {
  const all = upgrade?.drivers ?? [];
  return level() === "quick" ? all.slice(0, 1) : all;
};

for (const stated of drivers()) {
  const cycle = cycleOf(stated);
  for (const [aspect, { title, claim, judge }] of Object.entries(aspects)) {
    const options = { title, ...(claim === undefined ? {} : { claim }) };
    testTrial(cycle, `upgrade-rollback/${stated.kind}/${aspect}`, options, (seen, tools) => {
      if (upgrade === undefined) return skip("The profile does not say how nodes are updated");
      judge(seen, upgrade, tools);
    });
  }
}

if (upgrade === undefined) {
  testTrial(
    cycleOf({ kind: "command" }),
    "upgrade-rollback/driver",
    { title: "The profile says how nodes of this system are updated" },
    () => undefined,
  );
}
