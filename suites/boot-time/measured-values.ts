import type { Measured } from "../../harness/index.ts";
import type { MeasuredBoot } from "./measured-boots.ts";

/** Of each boot that has it: instructions of a phase or of the whole boot, milliseconds of `idle`. */
export const valuesOf = (boots: readonly MeasuredBoot[], name: Measured): readonly number[] =>
  boots.flatMap(({ timeline }) => {
    if (name === "total") return timeline.totalCost ?? [];
    if (name === "idle") return timeline.idleMs ?? [];
    return timeline.phases.find((phase) => phase.name === name)?.cost ?? [];
  });
