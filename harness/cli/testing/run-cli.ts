import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/** How one run of the command line ended. */
export interface CliRun {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface CliOptions {
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What starts the command line, whose argv is appended: `["setpriv", …]`, or `["sh", "-c", …]`, which can ignore it. */
  readonly wrapper?: readonly string[];
}

/** A command line that is still running. */
export interface StartedCli {
  readonly pid: number;
  readonly done: Promise<CliRun>;
  /** Resolves when its output has `text`, or when it has ended without. */
  saw(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

const main = join(import.meta.dirname, "..", "main.ts");

/** The argv that starts the command line. */
export const cliArgv = (...args: string[]): readonly string[] => [process.execPath, main, ...args];

/** Runs the real command line to its end; never throws, whatever it does. */
export const runCli = async (args: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
  startCli(args, options).done;

export const startCli = (args: readonly string[], options: CliOptions = {}): StartedCli => {
  const [file = "", ...rest] = [...(options.wrapper ?? []), ...cliArgv(...args)];
  const startedMs = performance.now();
  const child: ChildProcess = spawn(file, rest, {
    cwd: options.cwd,
    env: { ...process.env, BOOTWRIGHT_LOG: undefined, NO_COLOR: undefined, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const seen = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      seen[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const { promise: done, resolve } = Promise.withResolvers<CliRun>();
  child.on("error", (error) => {
    seen.stderr += String(error);
  });
  child.on("close", (exitCode) =>
    resolve({ exitCode, ...seen, elapsedMs: performance.now() - startedMs }),
  );
  return {
    pid: child.pid ?? 0,
    done,
    saw: async (text) => {
      const { promise, resolve: found } = Promise.withResolvers<void>();
      const look = (): void => {
        if (seen.stdout.includes(text) || seen.stderr.includes(text)) found();
      };
      listeners.add(look);
      look();
      await Promise.race([promise, done]);
      listeners.delete(look);
    },
    kill: (signal) => void child.kill(signal),
  };
};
