import { type PhaseName, phaseNames } from "../results/timeline-record.ts";

/** What has a length: a phase, the whole boot, or the time in which the guest had nothing to run. */
export type Measured = PhaseName | "total" | "idle";
export const measuredNames: readonly Measured[] = [...phaseNames, "total", "idle"];
