// Why node:child_process here and nowhere else, when host programs run through core/exec.ts? execa runs a program to
// its end; QEMU and swtpm live as long as a machine, in process groups of their own, and are ended in steps. What would
// change our mind: execa offering the group kill and the raw streams.
import { type ChildProcess, spawn } from "node:child_process";
import { deadlineAfter, withDeadline } from "../harness/core/deadline.ts";
import { deathLeash } from "../harness/core/death-leash.ts";
import { HostError } from "../harness/core/errors.ts";
import type { OutputCapture } from "./output-capture.ts";

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  /** `ours`: the kernel kills the program when this process dies. `kept`: it goes on. */
  readonly lifetime: "ours" | "kept";
  /** Gets its stdout and stderr, and is closed with it. */
  readonly output: OutputCapture;
  /** Added to our environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A host program that lives as long as a machine, in a process group of its own. */
export interface HostProcess {
  readonly pid: number;
  /** Resolves, never rejects, when the program is gone and all of its output has been read. */
  readonly exit: Promise<ProcessExit>;
  isAlive(): boolean;
  goneWithin(timeoutMs: number): Promise<boolean>;
  /** Sends the signal to its group, if it is still there. */
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL to its group; resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets go of it without ending it. */
  release(): void;
}

/** @throws {HostError} HOST_TOOL_MISSING when the program cannot be started. */
export const startProcess = async (
  argv: readonly string[],
  options: ProcessOptions,
): Promise<HostProcess> => {
  const { lifetime, output, env, cwd } = options;
  const [file = "", ...args] = lifetime === "ours" ? [...deathLeash("KILL"), ...argv] : argv;
  const child = spawn(file, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (child.stdout !== null) output.follow(child.stdout);
  if (child.stderr !== null) output.follow(child.stderr);
  const exit = exitOf(child, output);
  const pid = await spawnedPid(child, argv[0] ?? file);
  return {
    pid,
    exit,
    isAlive: () => isAlive(child),
    goneWithin: (timeoutMs) => goneWithin(exit, timeoutMs),
    signal: (signal) => signalGroup(child, signal),
    kill: () => killGroup(child),
    release: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      output.close();
    },
  };
};

/** "with exit code 1", "by SIGKILL". */
export const howItEnded = ({ code, signal }: ProcessExit): string =>
  signal === null ? `with exit code ${code}` : `by ${signal}`;

const spawnedPid = async (child: ChildProcess, program: string): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("spawn", resolve);
  child.once("error", reject);
  const missing = (cause?: unknown): HostError =>
    new HostError("HOST_TOOL_MISSING", `${program} could not be started`, {
      hint: "Run ci/setup",
      cause,
    });
  await promise.catch((cause: unknown) => {
    throw missing(cause);
  });
  if (child.pid === undefined) throw missing();
  return child.pid;
};

const exitOf = (child: ChildProcess, output: OutputCapture): Promise<ProcessExit> => {
  const { promise, resolve } = Promise.withResolvers<ProcessExit>();
  // "close" and not "exit": only then has all of its output been read.
  child.once("close", (code, signal) => {
    output.close();
    resolve({ code, signal });
  });
  return promise;
};

const isAlive = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

const goneWithin = async (exit: Promise<ProcessExit>, timeoutMs: number): Promise<boolean> =>
  await withDeadline(exit, deadlineAfter(timeoutMs), "End of a program").then(
    () => true,
    () => false,
  );

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  // Asked first, so that a process id that the kernel gave to somebody else is never signalled.
  if (!isAlive(child) || child.pid === undefined) return;
  process.kill(-child.pid, signal);
};

const killGroup = async (child: ChildProcess): Promise<void> => {
  if (!isAlive(child)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  signalGroup(child, "SIGKILL");
  await promise;
};
