import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Toolchain } from "../../qemu/toolchain.ts";
import type { TimelineRecord } from "../results/timeline-record.ts";
import { buildCostTimeline } from "../timeline/cost-timeline.ts";
import { parseInstructionCounts } from "../timeline/instruction-counts.ts";
import { comparabilityOf } from "./comparability.ts";
import type { RunningMachine } from "./running-machine.ts";

/** The timeline of a boot whose instructions were counted, with the counts kept beside it; undefined of any other. */
export const countedTimeline = async (
  machine: RunningMachine,
  { toolchain, bootDirectory }: { readonly toolchain: Toolchain; readonly bootDirectory: string },
  durationMs: number,
): Promise<TimelineRecord | undefined> => {
  const { spec, plan } = machine;
  if (spec.counting === undefined || !existsSync(spec.counting.countsPath)) return undefined;
  const text = readFileSync(spec.counting.countsPath, "latin1");
  machine.record("counts.txt", text);
  const poweredOnMs = machine.poweredOnMs + monotonicOffsetMs();
  const { ready } = plan.manifest;
  return buildCostTimeline({
    counts: parseInstructionCounts(text),
    console: readFileSync(join(bootDirectory, "console.log")),
    consolePhases: machine.consolePhases,
    readyUnit: ready.kind === "unit" ? ready.unit : undefined,
    poweredOnMs,
    readyMs: poweredOnMs + durationMs,
    comparability: await comparabilityOf(spec, toolchain),
  });
};

/** From `performance.now()` to the clock that the plugin reads. */
const monotonicOffsetMs = (): number => Number(process.hrtime.bigint()) / 1e6 - performance.now();
