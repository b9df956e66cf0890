import {
  defineTrial,
  measuring,
  type TimelineRecord,
  type Trial,
  unsupported,
} from "../../harness/index.ts";

/** One cold boot that was measured. */
export interface MeasuredBoot {
  readonly boot: string;
  readonly timeline: TimelineRecord;
}

/** Boots one machine after the other, each with fresh disks, and ends it when it is ready. */
export const measuredBoots: Trial<readonly MeasuredBoot[]> = defineTrial(async (tools) => {
  const { measure, repeat } = measuring();
  // A counted guest that has nothing to do is never idle: its time goes on. So only the guest itself can tell that it is ready.
  if (tools.manifest.ready.kind !== "unit")
    unsupported("Nothing in the guest marks its ready point: the manifest names no unit");
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
