import { level, profile, skip, testTrial, unsupported } from "../../harness/index.ts";
import { aspects } from "./aspects.ts";
import { cycleOf } from "./cycle.ts";
import type { StatedDriver } from "./driver-of.ts";
import { judgeRefusal } from "./refused/judge-refusal.ts";

const { upgrade } = profile();

const titles: Readonly<Record<string, string>> = {
  version:
    "From the first release to the third and back to the first exactly the release runs that was asked for",
  root: "Each of these releases on the system disk is the one that was shipped",
  "etc-defaults":
    "Each file of /etc that nobody touched is the running release's, though a release was left out",
  "data-disk":
    "Every file on the data disk is kept, of an older release under a newer one and the reverse",
  containers:
    "The containers of the node run with the data disk of an older release, and of a newer one",
  services:
    "containerd and the kubelet are healthy with the data disk of an older release, and of a newer one",
  units: "No unit fails with the data disk of an older release, nor of a newer one",
};

/** At level quick the first driver stands for all. */
const drivers = (): readonly StatedDriver[] => {
  const all = upgrade?.drivers ?? [];
  return level() === "quick" ? all.slice(0, 1) : all;
};

for (const stated of drivers()) {
  // An older data disk is what the third release finds, and a newer one what the first finds when it runs again.
  const cycle = cycleOf(stated, {
    ...{ prefix: "two-at-once", second: "v3", steps: ["v2", "back"], older: "v2" },
  });
  for (const [aspect, { claim, judge }] of Object.entries(aspects)) {
    const title = titles[aspect];
    if (title === undefined) continue;
    const options = { title, ...(claim === undefined ? {} : { claim }) };
    const id = `upgrade-rollback/downgrade/${stated.kind}/${aspect}`;
    testTrial(cycle, id, options, (seen, tools) => {
      if (upgrade === undefined) return skip("The profile does not say how nodes are updated");
      judge(seen, upgrade, tools);
    });
  }
  // Who swaps disks asks no updater.
  if (stated.kind === "replace-disk") continue;
  testTrial(
    cycle,
    `upgrade-rollback/refused/${stated.kind}/older`,
    {
      claim: "C17",
      title:
        "A release that is older than the one that runs is refused, and the node stays what it is",
    },
    ({ older, releases, steps }, tools) => {
      const [first] = steps;
      if (first?.kind !== "seen") return skip("The newer release did not run");
      if (older === undefined) return unsupported("There is no payload of an older release");
      judgeRefusal(older, releases.v2.identity, tools);
    },
  );
}
