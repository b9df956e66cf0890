import { agentOf, defineTrial, expect, testTrial } from "../../harness/index.ts";
import { firstBoot, lastingUserData } from "./first-boot.ts";
import { bootstrapContainers, settled } from "./given-user-data.ts";
import { readReport } from "./report.ts";

const secondBoot = defineTrial(async ({ boot, seenBy }) => {
  const { bootId, contents } = await seenBy(firstBoot);
  const machine = await boot("user-data-again", { contents, credentials: lastingUserData() });
  const agent = agentOf(machine);
  await settled(agent);
  const { activeState, subState } = await agent.unit(bootstrapContainers().essential.unit);
  return {
    bootIds: [bootId, agent.info.bootId],
    essential: (await readReport(agent, "essential"))?.runs.map((run) => run.bootId),
    optional: (await readReport(agent, "optional"))?.runs.map((run) => run.bootId),
    essentialUnit: `${activeState} (${subState})`,
  };
});

testTrial(
  secondBoot,
  "bootstrap-container/once",
  {
    claim: "C30",
    title: "User data that is given again on the second boot of a machine is not run again",
  },
  ({ bootIds, essential, essentialUnit }, { evidence }) => {
    evidence("user-data", `boots ${bootIds.join(", ")}; ran in ${essential?.join(", ") ?? "none"}`);
    evidence("unit", `in the second boot: ${essentialUnit}`);
    expect(essential).toEqual(bootIds.slice(0, 1));
  },
);

testTrial(
  secondBoot,
  "bootstrap-container/always",
  { claim: "C30", title: "User data whose mode is always runs on each boot, once" },
  ({ bootIds, optional }, { evidence }) => {
    evidence("user-data", `boots ${bootIds.join(", ")}; ran in ${optional?.join(", ") ?? "none"}`);
    expect(optional).toEqual(bootIds);
  },
);
