import { credentialInfluences } from "../../agent/injection/credentials.ts";
import { etcUnitInfluences } from "../../agent/injection/etc-unit.ts";
import type { AgentPlan } from "../../machine/machine-plan.ts";

/** What the way in changes in the guest; checks that count units, ports or devices must know. */
export const influencesOf = (agent: AgentPlan): readonly string[] => {
  switch (agent.kind) {
    case "none":
      return [];
    case "builtin":
      return ["the image starts the agent itself"];
    case "credentials":
      return credentialInfluences(agent.transport);
    case "etc-unit":
      return etcUnitInfluences(agent.transport, agent.place);
  }
};
