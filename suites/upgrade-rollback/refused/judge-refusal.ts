import { type CheckTools, expect, fail } from "../../../harness/index.ts";
import type { OfferSeen } from "./offer.ts";

/** Fails unless the updater said no, and the node is what it was. */
export const judgeRefusal = (
  { name, outcome, runs, next }: OfferSeen,
  shipped: string,
  { evidence }: Pick<CheckTools, "evidence">,
): void => {
  evidence("updater", outcome.kind === "taken" ? `took ${name}` : outcome.reason);
  expect(runs, "release that runs afterwards").toBe(shipped);
  if (next !== undefined) expect(next, "what the next boot starts").toEqual([shipped]);
  if (outcome.kind === "hung") fail(`The updater did not say no: ${outcome.reason}`);
  expect(outcome.kind, "what the updater did with it").toBe("refused");
};
