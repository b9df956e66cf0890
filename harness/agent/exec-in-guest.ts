import type { Deadline } from "../core/deadline.ts";
import { MiB } from "../core/units.ts";
import { streams } from "../protocol/data-payload.ts";
import type { AgentSession } from "./agent-session.ts";
import { execAnswerSchema } from "./answers.ts";
import { believe } from "./believe.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

export interface ExecOptions {
  /** Default 30 s. The guest then kills the whole process group. */
  readonly deadline?: Deadline;
  /** The whole environment; default only PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: that of the agent, `/`. */
  readonly cwd?: string;
  /** Default: the agent's, root. */
  readonly uid?: number;
  readonly gid?: number;
  /** Default: /dev/null. */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Of both outputs together; what is over is read and dropped in the guest. Default 4 MiB, or none with listeners. */
  readonly maxOutputBytes?: number;
  /** Takes output as it comes, which is then not collected; the program waits while the promise is pending. */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  readonly onStderr?: (chunk: Buffer) => void | Promise<void>;
}

export interface ExecResult {
  readonly exit:
    | { readonly kind: "exited"; readonly code: number }
    | { readonly kind: "signalled"; readonly signal: string };
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly isTruncated: boolean;
  readonly elapsedMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly maxRssKiB: number;
}

/** @throws what AgentSession.request throws; a program that cannot be started is AGENT_REQUEST with its errno. */
export const execInGuest = async (
  session: AgentSession,
  argv: readonly string[],
  options: ExecOptions & { readonly deadline: Deadline },
): Promise<ExecResult> => {
  const { env, cwd, uid, gid, stdin, onStdout, onStderr } = options;
  const isCollected = onStdout === undefined || onStderr === undefined;
  const maxOutputBytes = options.maxOutputBytes ?? (isCollected ? 4 * MiB : 0);
  const stdout = new BoundedBuffer(maxOutputBytes);
  const stderr = new BoundedBuffer(maxOutputBytes);
  const takers = {
    [streams.input]: () => {},
    [streams.output]: onStdout ?? ((chunk: Buffer) => stdout.add(chunk)),
    [streams.errors]: onStderr ?? ((chunk: Buffer) => stderr.add(chunk)),
  };
  const input = typeof stdin === "string" ? Buffer.from(stdin) : stdin;
  const params = { argv, env, cwd, uid, gid, maxOutputBytes, hasInput: input !== undefined };
  const answer = await session.request("exec", params, {
    deadline: options.deadline,
    sink: (stream, chunk) => takers[stream](chunk),
    ...(input === undefined ? {} : { input }),
  });
  const { exitCode, signal, ...figures } = believe(answer, execAnswerSchema, "exec");
  return {
    exit:
      signal === null ? { kind: "exited", code: exitCode ?? -1 } : { kind: "signalled", signal },
    stdout: stdout.toBuffer(),
    stderr: stderr.toBuffer(),
    ...figures,
  };
};
