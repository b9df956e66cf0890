import { fail, inconclusive, skip, unsupported } from "../../../harness/index.ts";
import type { SpecSeen } from "./run-critest.ts";
import type { SpecSkip } from "./spec-skips.ts";

/** How a host that is too slow shows itself in a spec: limits inside critest, gomega and gRPC. */
const timeLimit = /context deadline exceeded|DeadlineExceeded|Timed out after|timed out waiting/i;

/** A host this much slower than the one that the limits are for is a reason for a time-out. */
export const slowHost = 2.5;

/** Ends the check of a spec with its verdict. `skipped` is the skip that holds for it. */
export const judgeSpec = (
  { state, output, isStarved }: SpecSeen,
  { skipped, slowness }: { readonly skipped: SpecSkip | undefined; readonly slowness: number },
): void => {
  if (state === "passed") return;
  // The check of the whole says why.
  if (state === "lost") skip(`critest broke off before it came to this: ${output}`);
  if (state === "unrun") inconclusive(`critest did not come to this: ${output}`);
  if (state === "absent") unsupported("critest has no such spec in this guest");
  if (state === "skipped" || state === "pending") skip(`critest: ${messageOf(output, "SKIPPED")}`);
  if (skipped !== undefined) {
    const { reason, link } = skipped;
    const why = link === undefined ? reason : `${reason} (${link})`;
    if (skipped.state === "unsupported") unsupported(why);
    skip(why);
  }
  const message = messageOf(output, "FAILED");
  const isLate = state === "timedout" || state === "hung" || timeLimit.test(message);
  const why = `${state}: ${message}`;
  if (isLate && (isStarved || slowness > slowHost)) inconclusive(`slow-host: ${why}`);
  fail(why);
};

/** The text behind the last `[WORD]`, which says what happened; earlier ones stand in the timeline and say where. */
const messageOf = (output: string, word: string): string => {
  const at = output.lastIndexOf(`[${word}] `);
  const text = (at < 0 ? output : output.slice(at + word.length + 3)).replace(
    /\n\s*In \[\w+\] at: [\s\S]*/,
    "",
  );
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 1500) || "it gave no reason";
};
