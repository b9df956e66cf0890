import {
  type CheckTools,
  defineTrial,
  expect,
  fail,
  level,
  profile,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { driverOf } from "./driver-of.ts";
import { type KillPoint, type KillSeen, killUpdate } from "./killed/kill-update.ts";
import { releasePair } from "./releases.ts";

/** An update of `reference` takes some 200 writes. */
const points = (): readonly KillPoint[] => (level() === "quick" ? [100] : [1, 100, "acknowledged"]);

/** Who swaps disks asks no updater. At level quick the first driver stands for all. */
const asked = (profile().upgrade?.drivers ?? []).filter(({ kind }) => kind !== "replace-disk");

for (const stated of level() === "quick" ? asked.slice(0, 1) : asked) {
  const trial = defineTrial(async (tools) => {
    const { v1, v2 } = releasePair();
    const driver = driverOf(stated, tools);
    const seen: KillSeen[] = [];
    for (const point of points())
      seen.push(await killUpdate({ tools, driver, release: v2, point }));
    return { first: v1.identity, second: v2.identity, seen };
  });
  testTrial(
    trial,
    `upgrade-rollback/killed/${stated.kind}`,
    {
      claim: "C17",
      title:
        "Smoke test, no power cut: a machine that is killed while it is updated boots a whole release",
    },
    ({ first, second, seen }, tools) => {
      tools.figure("kills", seen.length, "count");
      for (const one of seen) judgeKill(one, { first, second }, tools);
      const midst = seen.filter(({ point }) => point !== "acknowledged");
      if (midst.every(({ outcome }) => outcome !== undefined))
        unsupported(
          `The update was over before it could be killed, after ${Math.max(...midst.map(({ writes }) => writes))} writes`,
        );
    },
  );
}

const judgeKill = (
  { point, writes, outcome, nextBoot }: KillSeen,
  { first, second }: { readonly first: string; readonly second: string },
  { evidence }: CheckTools,
): void => {
  const when = `killed ${outcome === undefined ? "in the midst of the update" : "at its end"}, after ${writes} writes (wanted: ${point})`;
  if (typeof nextBoot !== "string") {
    fail(`Nothing boots, ${when}: ${nextBoot.failed}`);
    return;
  }
  evidence("boot", `${when}: ${nextBoot === second ? "the second release" : nextBoot} boots`);
  if (outcome !== undefined && outcome.kind !== "taken")
    fail(`The updater failed: ${outcome.reason}`);
  const allowed = outcome === undefined ? [first, second] : [second];
  expect(allowed, `releases that may boot, ${when}`).toContain(nextBoot);
};
