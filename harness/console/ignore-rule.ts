import { ConfigError } from "../core/errors.ts";
import { type PatternId, patternIds } from "./patterns.ts";

/** A known defect that does not count until a date. A match under a rule is still reported, marked with the rule. */
export interface IgnoreRule {
  readonly pattern: PatternId;
  /** Tried on the message; without it every match of the pattern is meant. */
  readonly regex?: RegExp;
  /** Whose defect it is and where it is tracked. */
  readonly reason: string;
  /** YYYY-MM-DD, UTC: the last day on which the rule holds. */
  readonly until: string;
}

/** Finds the rule that covers a match today. */
export type RuleLookup = (pattern: PatternId, message: string) => IgnoreRule | undefined;

/**
 * Drops the expired rules.
 * @param today YYYY-MM-DD.
 * @throws {ConfigError} naming every rule that has no reason, no real date or an unknown pattern.
 */
export const ignoreRuleLookup = (rules: readonly IgnoreRule[], today: string): RuleLookup => {
  const problems = rules.flatMap((rule, index) =>
    problemsOf(rule).map((problem) => `ignore rule ${index + 1} (${rule.pattern}) ${problem}`),
  );
  if (problems.length > 0) {
    throw new ConfigError(`Console ignore rules are wrong: ${problems.join("; ")}`, {
      hint: "Give each rule a pattern id of the table, a reason, and an `until` date as YYYY-MM-DD",
      details: { problems },
    });
  }
  const active = rules.filter((rule) => rule.until >= today);
  return (pattern, message) =>
    active.find(
      (rule) =>
        rule.pattern === pattern && (rule.regex === undefined || message.search(rule.regex) !== -1),
    );
};

const problemsOf = (rule: IgnoreRule): readonly string[] => [
  ...(patternIds.includes(rule.pattern) ? [] : ["names no pattern of the table"]),
  ...(rule.reason.trim() === "" ? ["has no reason"] : []),
  ...(isDate(rule.until) ? [] : [`has '${rule.until}' as its end date`]),
];

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
