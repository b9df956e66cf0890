import { defineTrial, measuring, type TimelineRecord, type Trial } from "../../harness/index.ts";

/** One cold boot that was measured. */
export interface MeasuredBoot {
  readonly boot: string;
  readonly timeline: TimelineRecord;
}

/** Boots one machine after the other, each with fresh disks, and ends it when it is ready. */
export const measuredBoots: Trial<readonly MeasuredBoot[]> = defineTrial(async (tools) => {
  const { measure, repeat } = measuring();
  const boots: MeasuredBoot[] = [];
  for (let number = 1; number <= repeat; number += 1) {
    const machine = await tools.boot(
      "measured",
      measure.kind === "cost" ? { countingPlugin: measure.pluginPath } : {},
    );
    boots.push({ boot: machine.bootId, timeline: machine.timeline });
    await tools.kill(machine);
  }
  return boots;
});
