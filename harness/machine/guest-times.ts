import type { AgentClient } from "../agent/agent-client.ts";
import { errorCodeOf } from "../core/errors.ts";
import { log } from "../core/log.ts";
import type { ClockAlignment, GuestTimes } from "../timeline/build-timeline.ts";
import type { RunningMachine } from "./running-machine.ts";

/** Asks the guest when it reached what; undefined where it has no systemd to ask. */
export const readGuestTimes = async (
  machine: RunningMachine,
  agent: AgentClient,
  unitName: string | undefined,
): Promise<{ readonly times: GuestTimes; readonly clock: ClockAlignment } | undefined> => {
  try {
    const offset = await agent.sampleClock(8);
    const { manager, units } = await agent.timeline(unitName === undefined ? [] : [unitName]);
    const unit = unitName === undefined ? undefined : units[unitName];
    return {
      clock: { offsetMs: -offset.offsetMs - machine.poweredOnMs, errorMs: offset.errorMs },
      times: {
        ...(manager !== null && manager.userspaceUs > 0
          ? { userspaceUs: manager.userspaceUs }
          : {}),
        ...(unit === undefined || unit.activeEnterUs === 0
          ? {}
          : {
              readyUnit: {
                name: unit.name,
                startingUs: unit.inactiveExitUs,
                activeUs: unit.activeEnterUs,
              },
            }),
      },
    };
  } catch (error) {
    if (errorCodeOf(error) !== "AGENT_REQUEST") throw error;
    log.info({ error }, "no systemd timestamps");
    return undefined;
  }
};
