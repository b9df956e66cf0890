import {
  type AttemptRecord,
  type CheckRecord,
  checkLimits,
  type Evidence,
} from "./check-record.ts";
import { truncate } from "./truncate.ts";

const { reasonBytes, titleBytes, evidenceTextBytes, evidenceItems, attempts, figures } =
  checkLimits;

/** The same check with every text and list cut to what a run directory holds; cuts are marked. */
export const boundedCheck = (check: CheckRecord): CheckRecord => ({
  ...check,
  title: truncate(check.title, titleBytes),
  ...(check.reason === undefined ? {} : { reason: truncate(check.reason, reasonBytes) }),
  attempts: check.attempts.slice(-attempts).map((attempt) => boundedAttempt(attempt)),
  evidence: boundedEvidence(check.evidence),
  ...(check.figures === undefined ? {} : { figures: check.figures.slice(0, figures) }),
});

/**
 * What is kept of a check when the run's budget for texts is used up: its verdict, why (in short), and pointers to files.
 */
export const checkWithoutTexts = (check: CheckRecord): CheckRecord => {
  const { figures: _, ...rest } = check;
  return {
    ...rest,
    title: truncate(check.title, 200),
    ...(check.reason === undefined ? {} : { reason: truncate(check.reason, 400) }),
    attempts: check.attempts.slice(-4).map((attempt) => boundedAttempt(attempt, 80)),
    evidence: [
      ...check.evidence.filter((item) => "path" in item).slice(0, 2),
      { kind: "note", text: "texts and figures left out: this run already holds its limit" },
    ],
  };
};

export const boundedAttempt = (
  attempt: AttemptRecord,
  maxBytes: number = reasonBytes,
): AttemptRecord =>
  attempt.reason === undefined
    ? attempt
    : { ...attempt, reason: truncate(attempt.reason, maxBytes) };

const boundedEvidence = (evidence: readonly Evidence[]): readonly Evidence[] => {
  const kept = evidence.slice(
    0,
    evidence.length > evidenceItems ? evidenceItems - 1 : evidenceItems,
  );
  const cut = kept.map((item) =>
    "text" in item ? { ...item, text: truncate(item.text, evidenceTextBytes) } : item,
  );
  return kept.length === evidence.length
    ? cut
    : [
        ...cut,
        { kind: "note", text: `${evidence.length - kept.length} more pieces of evidence left out` },
      ];
};
