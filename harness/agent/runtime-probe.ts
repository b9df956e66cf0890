import { dirname, join } from "node:path/posix";
import type { z } from "zod";
import { deadlineAfter } from "../core/deadline.ts";
import { GuestError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { AgentClient } from "./agent-client.ts";
import { believe } from "./believe.ts";

/** Which containerd is asked, and how long it may take. */
export interface RuntimeQuestion {
  readonly socket: string;
  readonly namespace: string;
  readonly withinMs: number;
}

export type RuntimeAnswer<T> =
  | { readonly kind: "answered"; readonly value: T }
  /** containerd did not answer, or what it has is not well-formed. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Nor within its time. */
  | { readonly kind: "late"; readonly reason: string }
  /** The agent came without the program, as in an image that starts it itself. */
  | { readonly kind: "no-probe" };

const kindByExitCode: Readonly<Record<number, "refused" | "late">> = { 1: "refused", 3: "late" };

// Beyond the program's own time, for starting it.
const startMs = 20_000;

/**
 * Has the program beside the agent ask the guest's containerd (images/payload/runtime-probe).
 * @param question its command and arguments.
 * @throws {GuestError} PROTOCOL when the answer does not have the form that it must have; {TimeoutError}.
 */
export const askRuntime = async <T>(
  agent: Pick<AgentClient, "exec" | "exists" | "stat">,
  question: readonly [string, ...string[]],
  schema: z.ZodType<T>,
  { socket, namespace, withinMs }: RuntimeQuestion,
): Promise<RuntimeAnswer<T>> => {
  const { linkTarget } = await agent.stat("/proc/self/exe");
  if (linkTarget === undefined) return { kind: "no-probe" };
  const program = join(dirname(linkTarget), "runtime-probe");
  if (!(await agent.exists(program))) return { kind: "no-probe" };
  const flags = ["-socket", socket, "-namespace", namespace, "-within", `${withinMs}ms`];
  const { exit, stdout, stderr, isTruncated } = await agent.exec([program, ...flags, ...question], {
    deadline: deadlineAfter(withinMs + startMs),
  });
  const kind = exit.kind === "exited" ? kindByExitCode[exit.code] : undefined;
  if (kind !== undefined) return { kind, reason: printable(stderr.toString("utf8").trim(), 1000) };
  if (exit.kind !== "exited" || exit.code !== 0 || isTruncated) {
    const how = exit.kind === "exited" ? `exit code ${exit.code}` : `signal ${exit.signal}`;
    throw new GuestError(
      "PROTOCOL",
      `${program} ${question[0]} ended with ${how}${isTruncated ? " and too long an answer" : ""}: ${printable(stderr.toString("utf8"), 1000)}`,
    );
  }
  const value = believe(parsed(stdout), schema, `runtime-probe ${question[0]}`);
  return { kind: "answered", value };
};

const parsed = (text: Buffer): unknown => {
  try {
    return JSON.parse(text.toString("utf8"));
  } catch {
    return undefined;
  }
};
