// The only importer of execa. Host programs are started from an argv array, never from a shell string.
import { execa, type Options } from "execa";
import { deathLeash } from "./death-leash.ts";
import { HostError } from "./errors.ts";

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly input?: string | Uint8Array;
  /** Default utf8; latin1 keeps every byte of the output as one character. */
  readonly encoding?: "utf8" | "latin1";
  /** Runs the program in a session of its own and has it get this signal when this process ends in whatever way. */
  readonly endSignal?: "KILL" | "TERM";
  /** Called with each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ExecOutput {
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeoutMs = 600_000;

/**
 * Runs a program on the host to its end.
 * @throws {HostError} HOST_TOOL_MISSING when there is no such program; HOST_RESOURCE when it says that the disk or the
 * memory is full; COMMAND_FAILED with the tail of its output and,
 * in `details`, argv and exitCode.
 */
export const exec = async (
  file: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecOutput> => {
  const leash = options.endSignal === undefined ? [] : deathLeash(options.endSignal);
  const [program = file, ...programArgs] = [...leash, file, ...args];
  const child = execa(program, programArgs, execaOptions(options));
  if (options.onLine !== undefined) {
    for await (const line of child.iterable({ from: "all" })) options.onLine(String(line));
  }
  const result = await child;
  if (result.failed) throw failure(file, args, result, options.timeoutMs ?? defaultTimeoutMs);
  return { stdout: String(result.stdout), stderr: String(result.stderr) };
};

const execaOptions = (options: ExecOptions): Options & { reject: false; all: true } => ({
  reject: false,
  all: true,
  timeout: options.timeoutMs ?? defaultTimeoutMs,
  killSignal: "SIGKILL",
  ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
  ...(options.endSignal === undefined ? {} : { detached: true }),
  ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
  ...(options.env === undefined ? {} : { env: { ...options.env } }),
  ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
});

/** The part of execa's result that an error tells of. */
interface Ended {
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly stderr?: unknown;
}

const failure = (
  file: string,
  args: readonly string[],
  result: Ended,
  timeoutMs: number,
): HostError => {
  const isMissing = /^setpriv: failed to execute /m.test(String(result.stderr ?? ""));
  if (result.code === "ENOENT" || isMissing) {
    return new HostError("HOST_TOOL_MISSING", `Program ${file} is not installed`, {
      hint: "Run ci/setup, or `bootwright doctor` for the list",
    });
  }
  const tail = String(result.stderr ?? "")
    .trim()
    .split("\n")
    .slice(-20)
    .join("\n");
  if (/No space left on device|Disk quota exceeded|Cannot allocate memory/.test(tail)) {
    return new HostError("HOST_RESOURCE", `${file} ${howItEnded(result, timeoutMs)}: ${tail}`, {
      hint: "Make room, for example with `bootwright cache prune`; caches and overlays are below BOOTWRIGHT_CACHE",
      details: { argv: [file, ...args], exitCode: result.exitCode },
    });
  }
  return new HostError("COMMAND_FAILED", `${file} ${howItEnded(result, timeoutMs)}: ${tail}`, {
    details: { argv: [file, ...args], exitCode: result.exitCode },
  });
};

const howItEnded = (result: Ended, timeoutMs: number): string => {
  if (result.timedOut) return `was stopped after ${timeoutMs} ms`;
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  return `ended with exit code ${result.exitCode}`;
};
