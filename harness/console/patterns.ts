// The pattern table. One match a line: the first row that fits, in the order of the ids, so a particular panic stands
// before the general one. A row of the table lives with those of the same writer; each has samples in patterns.test.ts.
import { bootStagePatternIds, bootStagePatterns } from "./boot-stage-patterns.ts";
import type { FailurePattern } from "./failure-pattern.ts";
import { kernelPatternIds, kernelPatterns } from "./kernel-patterns.ts";
import { programPatternIds, programPatterns } from "./program-patterns.ts";

/** Stable names: ignore rules and reports refer to them. */
export type PatternId =
  | (typeof bootStagePatternIds)[number]
  | (typeof kernelPatternIds)[number]
  | (typeof programPatternIds)[number];

export const patternIds: readonly PatternId[] = [
  ...bootStagePatternIds,
  ...kernelPatternIds,
  ...programPatternIds,
];

export const patterns: Readonly<Record<PatternId, FailurePattern>> = {
  ...bootStagePatterns,
  ...kernelPatterns,
  ...programPatterns,
};
