import { z } from "zod";
import type { Deadline } from "../core/deadline.ts";
import { printable } from "../core/printable.ts";
import { MiB } from "../core/units.ts";
import type { AgentSession } from "./agent-session.ts";
import { believe } from "./believe.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

export interface HttpOptions {
  /** Default 30 s. */
  readonly deadline?: Deadline;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly body?: string | Uint8Array;
  /** Path of a unix socket to connect to, in place of the URL's host. */
  readonly socket?: string;
  /** What is over is left unread. Default 4 MiB; 16 MiB is the most where the body is collected. */
  readonly maxBodyBytes?: number;
  /** Takes the body as it comes, which is then not collected; the guest waits while the promise is pending. */
  readonly onBody?: (chunk: Buffer) => void | Promise<void>;
  /** An earlier outcome: the guest asks again and again, and answers when what comes out is another. GET only. */
  readonly changedFrom?: HttpOutcome;
  /** How often it asks then, in milliseconds; default 250. */
  readonly everyMs?: number;
}

export interface HttpAnswer {
  readonly kind: "answered";
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Empty where `onBody` took it. */
  readonly body: Buffer;
  readonly isTruncated: boolean;
  readonly elapsedMs: number;
  /** Of status and body: the same for the same outcome. */
  readonly sha256: string;
}

export interface NoHttpAnswer {
  readonly kind: "no-answer";
  readonly reason: string;
  /** As in `ECONNREFUSED`; empty where it was no system call that failed. */
  readonly errno: string;
  readonly sha256: string;
}

/** What became of a request: also that nobody answers is an outcome, and not an error. */
export type HttpOutcome = HttpAnswer | NoHttpAnswer;

const httpResultSchema = z.object({
  status: z.number(),
  headers: z.record(z.string().max(1000), z.array(z.string())),
  isTruncated: z.boolean(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  elapsedMs: z.number(),
  reason: z.string(),
  errno: z.string(),
});

const maxCollected = 16 * MiB;

/** @throws what AgentSession.request throws; a request that is not well-formed is AGENT_REQUEST. */
export const httpInGuest = async (
  session: AgentSession,
  url: string,
  options: HttpOptions & { readonly deadline: Deadline },
): Promise<HttpOutcome> => {
  const { deadline, body: input, onBody, changedFrom, ...rest } = options;
  const collected = new BoundedBuffer(maxCollected);
  const params = {
    ...rest,
    url,
    hasInput: input !== undefined,
    ...(changedFrom === undefined ? {} : { changedFrom: changedFrom.sha256 }),
  };
  const answer = await session.request("http", params, {
    deadline,
    sink: (_stream, chunk) => (onBody === undefined ? collected.add(chunk) : onBody(chunk)),
    ...(input === undefined
      ? {}
      : { input: typeof input === "string" ? Buffer.from(input) : input }),
  });
  const { status, headers, isTruncated, sha256, elapsedMs, reason, errno } = believe(
    answer,
    httpResultSchema,
    "http",
  );
  if (status === 0) return { kind: "no-answer", reason: printable(reason, 1000), errno, sha256 };
  return {
    kind: "answered",
    status,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values]),
    ),
    body: collected.toBuffer(),
    isTruncated: isTruncated || collected.isTruncated,
    elapsedMs,
    sha256,
  };
};
