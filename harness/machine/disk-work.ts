import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../core/exec.ts";

/**
 * What is done to a machine's own disks before it starts, as plain data, because repro.sh does the same again. Names of
 * files are relative to the machine's directory, in which the programs are started.
 */
export interface DiskWork {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Bring in what is to be changed, so that it can be looked at first. */
  readonly fetch: readonly DiskCommand[];
  readonly change: readonly DiskCommand[];
  /** The disks that come into being by it. */
  readonly makes: readonly string[];
}

export interface DiskCommand {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default 0: the highest exit code that stands for success. */
  readonly highestGoodExitCode?: number;
}

/** What it reads was made by the image: it must come to an end. A partition of 64 GiB may be copied. */
const timeoutMs = 600_000;

/**
 * @param look called in the middle, when nothing is changed yet.
 * @throws {HostError} COMMAND_FAILED with the exit code in `details` when one of the programs fails.
 */
export const doDiskWork = async (
  work: DiskWork,
  directory: string,
  look: () => Promise<void>,
): Promise<void> => {
  for (const { name, text } of work.files) writeFileSync(join(directory, name), text);
  for (const command of work.fetch) await runCommand(command, directory);
  await look();
  for (const command of work.change) await runCommand(command, directory);
};

const runCommand = async (
  { argv: [file = "", ...args], env, highestGoodExitCode = 0 }: DiskCommand,
  cwd: string,
): Promise<void> => {
  try {
    const given = env === undefined ? {} : { env };
    await exec(file, args, { cwd, timeoutMs, endSignal: "KILL", ...given });
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (exitCode === undefined || exitCode > highestGoodExitCode) throw error;
  }
};

const exitCodeOf = (error: unknown): number | undefined => {
  const { code, details } = error as { code?: unknown; details?: { exitCode?: unknown } };
  const exitCode = details?.exitCode;
  return code === "COMMAND_FAILED" && typeof exitCode === "number" ? exitCode : undefined;
};
