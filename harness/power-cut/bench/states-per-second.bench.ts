// Records one update in a guest, then judges all states of its log, each time on a working disk of its own.
// Run: node harness/power-cut/bench/states-per-second.bench.ts ROUNDS
import { report } from "../../../ci/bench/measurement.ts";
import { judgePowerCuts } from "../power-cuts.ts";
import { configOracle } from "../testing/config-oracle.ts";
import { createUpdateRecorder } from "../testing/recorded-update.ts";

const rounds = Number(process.argv[2] ?? 3);

await using recorder = await createUpdateRecorder();
// Without flushes most writes are pending, so that this way has the most states.
const { base, log } = await recorder.record("correct", ["nobarrier"]);
const perSecond: number[] = [];
const medians: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const { figures } = await judgePowerCuts({ base, log, oracle: configOracle(), level: "full" });
  perSecond.push(figures.states / (figures.durationMs / 1000));
  medians.push(figures.medianMs);
}
report({
  kind: "value",
  name: "power-cut states",
  unit: "states/s",
  values: perSecond,
  target: { atLeast: 12.5 },
});
report({
  kind: "value",
  name: "power-cut state, median",
  unit: "ms",
  values: medians,
  target: { atMost: 80 },
});
