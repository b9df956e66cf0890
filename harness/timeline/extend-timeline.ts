import type { PhaseName, TimelineRecord } from "../results/timeline-record.ts";

/** A timeline with phases behind its last one: each begins where the one before ends, and none ends before it begins. */
export const extendTimeline = (
  timeline: TimelineRecord,
  added: readonly { readonly name: PhaseName; readonly endMs: number; readonly witness: string }[],
): TimelineRecord => {
  const phases = [...timeline.phases];
  for (const { name, endMs, witness } of added) {
    const startMs = phases.at(-1)?.endMs ?? 0;
    phases.push({ name, startMs, endMs: Math.max(startMs, Math.round(endMs * 10) / 10), witness });
  }
  return { ...timeline, phases, totalMs: phases.at(-1)?.endMs ?? 0 };
};
