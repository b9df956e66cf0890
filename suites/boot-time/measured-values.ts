import type { MeasuredBoot } from "./measured-boots.ts";

/** What has a cost: each phase in the order in which they come, `total` and `idle`. */
export const measuredPhases = (boots: readonly MeasuredBoot[]): readonly string[] => {
  const phases = boots[0]?.timeline.phases.map(({ name }) => name) ?? [];
  return [...phases, "total", "idle"].filter((name) => valuesOf(boots, name).length > 0);
};

/** Of each boot that has it: instructions of a phase or `total`, milliseconds of `idle`. */
export const valuesOf = (boots: readonly MeasuredBoot[], name: string): readonly number[] =>
  boots.flatMap(({ timeline }) => {
    if (name === "total") return timeline.totalCost ?? [];
    if (name === "idle") return timeline.idleMs ?? [];
    return timeline.phases.find((phase) => phase.name === name)?.cost ?? [];
  });
