import { BootwrightError } from "../core/errors.ts";

/** Version of run.json, events.jsonl and timeline.json. Adding an optional field keeps it; anything else raises it. */
export const schemaVersion = 1;

/**
 * Accepts every version up to ours; a newer file may mean something else by the same words.
 * @throws {BootwrightError} RESULTS_INVALID when `value` has no version or a newer one.
 */
export const requireReadableVersion = (value: unknown, where: string): void => {
  const seen = (value as { schemaVersion?: unknown } | null | undefined)?.schemaVersion;
  if (typeof seen !== "number" || !Number.isInteger(seen) || seen < 1) {
    throw new BootwrightError(
      "RESULTS_INVALID",
      `${where} has no schemaVersion; expected an integer from 1 to ${schemaVersion}`,
      { hint: "Point at a run directory that `bootwright run --out` wrote" },
    );
  }
  if (seen > schemaVersion) {
    throw new BootwrightError(
      "RESULTS_INVALID",
      `${where} has schemaVersion ${seen}; this Bootwright reads up to ${schemaVersion}`,
      { hint: "Use the Bootwright that wrote it, or a newer one" },
    );
  }
};
