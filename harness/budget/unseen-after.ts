import { type PhaseName, type PhaseRecord, phaseNames } from "../results/timeline-record.ts";

/**
 * Which of `names` belong between `phase` and the next phase that was seen. Their time stands in the timeline as time of
 * `phase`, so that it cannot be compared with the budget of `phase`.
 */
export const unseenAfter = (
  phase: PhaseName,
  names: readonly PhaseName[],
  seen: readonly PhaseRecord[],
): readonly PhaseName[] => {
  const seenNames = new Set(seen.map(({ name }) => name));
  const later = phaseNames.slice(phaseNames.indexOf(phase) + 1);
  const nextSeen = later.findIndex((name) => seenNames.has(name));
  return later
    .slice(0, nextSeen === -1 ? undefined : nextSeen)
    .filter((name) => names.includes(name));
};
