import { errorCodeOf } from "../core/errors.ts";

/** The name of the errno, as in `ENOENT`, with which the guest's kernel refused a request; undefined for other errors. */
export const errnoOf = (error: unknown): string | undefined => {
  if (errorCodeOf(error) !== "AGENT_REQUEST") return undefined;
  const errno = (error as { details?: { errno?: unknown } }).details?.errno;
  return typeof errno === "string" ? errno : undefined;
};
