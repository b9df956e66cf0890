import { fail, inconclusive, skip, unsupported } from "../../harness/index.ts";
import type { SpecSeen } from "./run-specs.ts";
import type { SpecSkip } from "./spec-skips.ts";
import { isTimeLimit, messageOf } from "./time-limit.ts";

/** A host this much slower than the one that the limits are for is a reason for a time-out. */
const slowHost = 2.5;

/** Ends the check of a spec with its verdict. `skipped` is the skip that holds for it, `program` what ran it. */
export const judgeSpec = (
  { state, output, isStarved }: SpecSeen,
  {
    program,
    skipped,
    slowness,
  }: {
    readonly program: string;
    readonly skipped: SpecSkip | undefined;
    readonly slowness: number;
  },
): void => {
  if (state === "passed") return;
  // The check of the whole says why.
  if (state === "lost") skip(`${program} broke off before it came to this: ${output}`);
  if (state === "unrun") inconclusive(`${program} did not come to this: ${output}`);
  if (state === "absent") unsupported(`${program} has no such spec in this guest`);
  if (state === "skipped" || state === "pending")
    skip(`${program}: ${messageOf(output, "SKIPPED")}`);
  if (skipped !== undefined) {
    const { reason, link } = skipped;
    const why = link === undefined ? reason : `${reason} (${link})`;
    if (skipped.state === "unsupported") unsupported(why);
    skip(why);
  }
  const message = messageOf(output, "FAILED");
  const isLate = state === "timedout" || state === "hung" || isTimeLimit(message);
  const why = `${state}: ${message}`;
  if (isLate && (isStarved || slowness > slowHost)) inconclusive(`slow-host: ${why}`);
  fail(why);
};
