import { z } from "zod";
import type { AgentClient } from "../../harness/index.ts";
import type { AdminContainer } from "./admin-api.ts";

/** A request to the admin container, as the journal has it. */
export interface TracedRequest {
  readonly action: string;
  readonly result: string;
  readonly callerUid: string;
  readonly callerProgram: string;
  /** Microseconds, by the journal's own clock. */
  readonly time: string;
}

const entrySchema = z.record(z.string(), z.unknown());

/** All of them since the boot; undefined in an image that has no journalctl. */
export const tracedRequests = async (
  agent: AgentClient,
  { trace }: AdminContainer,
): Promise<readonly TracedRequest[] | undefined> => {
  const journalctl = "/usr/bin/journalctl";
  if (!(await agent.exists(journalctl))) return undefined;
  // What was sent to it just now is in its files when this returns.
  await agent.exec([journalctl, "--sync"]);
  const { stdout } = await agent.exec([journalctl, "-b", "-o", "json", "--no-pager", trace.match]);
  return `${stdout}`.split("\n").flatMap((line) => {
    const entry = entryOf(line);
    if (entry === undefined) return [];
    const text = (name: string): string => {
      const value = entry[name];
      return typeof value === "string" ? value : "";
    };
    return [
      {
        action: text(trace.action),
        result: text(trace.result),
        callerUid: text(trace.callerUid),
        callerProgram: text(trace.callerProgram),
        time: text("__REALTIME_TIMESTAMP"),
      },
    ];
  });
};

const entryOf = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // the empty text after the last line
  }
};
