import {
  defineTrial,
  expect,
  level,
  profile,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { type FallBack, fallBack } from "./automatic/fall-back.ts";
import { faults } from "./automatic/faults.ts";
import { driverOf } from "./driver-of.ts";
import { releaseNamed } from "./releases.ts";

const { upgrade } = profile();
const tried = faults.filter(({ isQuick }) => level() !== "quick" || isQuick === true);

for (const { name, title } of tried) {
  const trial = defineTrial(async (tools): Promise<FallBack & { readonly maxTries: number }> => {
    if (upgrade === undefined) return unsupported("The profile does not say how nodes are updated");
    const { automaticRollback } = upgrade;
    if (automaticRollback.kind === "none")
      return unsupported(`No automatic rollback: ${automaticRollback.reason}`);
    const [stated] = upgrade.drivers;
    if (stated === undefined) return unsupported("The profile names no driver");
    const maxTries = automaticRollback.tries;
    const seen = await fallBack({
      tools,
      driver: driverOf(stated, tools),
      shipped: releaseNamed("v1"),
      faulty: releaseNamed(`v2-${name}`),
      maxTries,
    });
    return { ...seen, maxTries };
  });

  testTrial(trial, `upgrade-rollback/automatic/${name}`, { claim: "C18", title }, (seen, tools) => {
    const { tries, recovered, recoveryMs, offeredAgain, afterOffer, maxTries } = seen;
    const { evidence, figure } = tools;
    for (const [index, one] of tries.entries())
      evidence("console", `try ${index + 1}, ${(one.durationMs / 1000).toFixed(1)} s: ${one.seen}`);
    evidence("updater", offeredAgain ?? "was not asked again");
    figure("tries", tries.length, "1");
    figure("recovery", recoveryMs, "ms");
    const shipped = releaseNamed("v1").identity;
    const left = tries.find(({ wentByItself }) => !wentByItself);
    expect(left?.seen, "a try that the node did not get out of by itself").toBeUndefined();
    expect(tries.length, "boots of the faulty release").toBe(maxTries);
    expect(recovered, "the release that runs after them").toBe(shipped);
    expect(afterOffer, "the release that runs when the updater was asked again").toBe(shipped);
  });
}
