import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Deadline, withDeadline } from "../harness/core/deadline.ts";
import { HostError } from "../harness/core/errors.ts";
import { exec } from "../harness/core/exec.ts";
import { toolPath } from "../harness/core/tool.ts";
import { type HostProcess, howItEnded, type ProcessExit, startProcess } from "./host-process.ts";
import { type Tpm, tpmSocketName } from "./machine-spec.ts";
import { OutputCapture } from "./output-capture.ts";

/** A running swtpm, ready for QEMU. Disposing it ends it; its state is the caller's to remove. */
export interface TpmProcess extends AsyncDisposable {
  /** Resolves, never rejects, when swtpm is gone. */
  readonly exit: Promise<ProcessExit>;
  /** The last lines of its own output, safe for a terminal. */
  outputTail(): string;
  /** Lets go of a `kept` swtpm without ending it. */
  release(): void;
}

const readyFile = "pid";

/**
 * What starts swtpm, to be run in the TPM's directory: paths are relative, because swtpm's options know no quoting. It
 * ends with its only client (--terminate), and has opened its socket when it writes its pid (swtpm.c, main).
 */
export const swtpmArgv = (): readonly string[] => [
  toolPath("swtpm"),
  ...["socket", "--tpm2", "--tpmstate", "dir=.,mode=0600"],
  ...["--ctrl", `type=unixio,path=${tpmSocketName},mode=0600`],
  ...["--terminate", "--pid", `file=${readyFile}`],
];

/** Waits until swtpm has written this file into its directory. */
export const swtpmReadyFile: string = readyFile;

/**
 * swtpm's version as it says it itself.
 * @throws {HostError} HOST_TOOL_MISSING.
 */
export const swtpmVersion = async (): Promise<string> => {
  const { stdout } = await exec(toolPath("swtpm"), ["--version"], { timeoutMs: 30_000 }).catch(
    (cause: unknown) => {
      throw new HostError("HOST_TOOL_MISSING", "A machine with a TPM needs swtpm", {
        hint: "Run ci/setup, which installs it",
        cause,
      });
    },
  );
  return /version (\S+?),?(?:\s|$)/.exec(stdout)?.[1] ?? stdout.trim();
};

/**
 * Starts swtpm with an empty TPM 2.0 and waits until QEMU can connect.
 * @throws {HostError} HOST_TOOL_MISSING; COMMAND_FAILED when it ends first; {TimeoutError}.
 */
export const startTpm = async (
  { directory }: Tpm,
  options: {
    readonly logPath: string;
    readonly deadline: Deadline;
    readonly lifetime: "ours" | "kept";
  },
): Promise<TpmProcess> => {
  await swtpmVersion();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  rmSync(join(directory, readyFile), { force: true });
  const output = new OutputCapture(options.logPath);
  const { lifetime, deadline } = options;
  try {
    const host = await startProcess(swtpmArgv(), { lifetime, output, cwd: directory });
    await listening(host, directory, output, deadline).catch(async (error: unknown) => {
      await host.kill();
      throw error;
    });
    return {
      exit: host.exit,
      outputTail: () => output.tail(),
      release: () => host.release(),
      [Symbol.asyncDispose]: () => end(host),
    };
  } catch (error) {
    output.close();
    throw error;
  }
};

const listening = async (
  host: HostProcess,
  directory: string,
  output: OutputCapture,
  deadline: Deadline,
): Promise<void> => {
  while (!existsSync(join(directory, readyFile))) {
    // A connection would be its only one, so the wait is for its end or for the next look, whichever is first.
    const isGone = await withDeadline(host.goneWithin(10), deadline, "swtpm's socket", () =>
      output.tail(),
    );
    if (!isGone) continue;
    const how = howItEnded(await host.exit);
    throw new HostError(
      "COMMAND_FAILED",
      `swtpm ended ${how} before it listened: ${output.tail() || "it printed nothing"}`,
      { hint: "Boot without --tpm (machine.tpm), or see `bootwright doctor`" },
    );
  }
};

/** QEMU is gone, so nobody needs what the TPM holds. */
const end = async (host: HostProcess): Promise<void> => {
  host.signal("SIGTERM");
  if (!(await host.goneWithin(2_000))) await host.kill();
  await host.exit;
};
