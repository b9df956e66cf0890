import { sha256OfText } from "../../core/sha256.ts";
import type { RunRecord } from "../../results/run-record.ts";

/**
 * The same for a run wherever its directory lies and whatever it is called: sha256, as lower-case hex, of the JSON array
 * `[startedAt, planDigest, image.sha256Before]` of run.json. None of the three changes while a run goes on. Two runs of
 * one plan and image that began in the same millisecond, on two hosts, count as one.
 */
export const runIdOf = ({
  startedAt,
  planDigest,
  image,
}: Pick<RunRecord, "startedAt" | "planDigest" | "image">): string =>
  sha256OfText(JSON.stringify([startedAt, planDigest, image.sha256Before]));
