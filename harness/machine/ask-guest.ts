import type { AgentClient } from "../agent/agent-client.ts";
import { deadlineAfter } from "../core/deadline.ts";
import { errorCodeOf } from "../core/errors.ts";
import type { BootFailureKind } from "../verdict/boot-failure.ts";

/** What the agent's answer says about a console line; `silent` when it does not answer. */
export type Testimony = "confirms" | "denies" | "silent";
export type AskGuest = (kind: BootFailureKind | undefined) => Promise<Testimony>;

/** A verdict is due within 1 s of the byte that proves it. */
const answerMs = 800;
/** include/linux/panic.h: TAINT_DIE, set by every oops and kept until the next boot. */
const taintDie = 1 << 7;

/** Asks the agent what only a guest in that state would answer. Never rejects. */
export const askGuest =
  (agent: AgentClient): AskGuest =>
  async (kind) => {
    try {
      return (await isSo(agent, kind)) ? "confirms" : "denies";
    } catch (error) {
      return errorCodeOf(error) === "AGENT_REQUEST" ? "denies" : "silent";
    }
  };

const isSo = async (agent: AgentClient, kind: BootFailureKind | undefined): Promise<boolean> => {
  const deadline = deadlineAfter(answerMs);
  switch (kind) {
    case "oops":
      return (Number(await agent.getSysctl("kernel.tainted", { deadline })) & taintDie) !== 0;
    case "emergency-shell": {
      const names = ["emergency.service", "rescue.service"];
      const units = await Promise.all(names.map((name) => agent.unit(name, { deadline })));
      return units.some(({ activeState }) => activeState === "active");
    }
    case "hang":
      // A frozen systemd does not answer, though the agent does.
      await agent.unit("-.mount", { deadline });
      return false;
    default:
      await agent.ping({ deadline });
      return false;
  }
};
