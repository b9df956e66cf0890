import { errorCodeOf } from "../core/errors.ts";

/** The name of the errno, as in `ENOENT`, with which the guest's kernel refused a request; undefined for other errors. */
export const errnoOf = (error: unknown): string | undefined => detailOf(error, "errno");

/** Why the agent refused a request, as in `no-systemd` (docs/protocol.md); undefined for other errors. */
export const agentCodeOf = (error: unknown): string | undefined => detailOf(error, "agentCode");

const detailOf = (error: unknown, name: "errno" | "agentCode"): string | undefined => {
  if (errorCodeOf(error) !== "AGENT_REQUEST") return undefined;
  const detail = (error as { details?: Readonly<Record<string, unknown>> }).details?.[name];
  return typeof detail === "string" ? detail : undefined;
};
