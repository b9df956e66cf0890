import { boundedAttempt } from "./bounded-check.ts";
import type { BootRecord } from "./run-record.ts";
import { truncate } from "./truncate.ts";

/** The same boot with what came from the guest cut to what a run directory holds: 40 console lines of 500 bytes. */
export const boundedBoot = (boot: BootRecord): BootRecord => {
  const { failure } = boot;
  const attempts = boot.attempts.slice(-32).map((attempt) => boundedAttempt(attempt));
  if (failure === undefined) return { ...boot, attempts };
  const context = failure.context?.slice(0, 40).map((line) => truncate(line, 500));
  return {
    ...boot,
    attempts,
    failure: {
      ...failure,
      reason: truncate(failure.reason, 4096),
      ...(context === undefined ? {} : { context }),
    },
  };
};
