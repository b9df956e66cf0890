// Why node:child_process here and nowhere else, when host programs run through core/exec.ts? execa runs a program to
// its end; QEMU lives as long as a machine, in a process group of its own, and is ended in steps. What would change
// our mind: execa offering the group kill and the raw streams.
import { type ChildProcess, spawn } from "node:child_process";
import { type Deadline, deadlineAfter, withDeadline } from "../harness/core/deadline.ts";
import { deathLeash } from "../harness/core/death-leash.ts";
import { ConfigError, errorCodeOf, HostError, QemuError } from "../harness/core/errors.ts";
import { toArgv } from "./argv.ts";
import { makeConsolePipe } from "./console-pipe.ts";
import type { MachineSpec } from "./machine-spec.ts";
import { OutputCapture } from "./output-capture.ts";
import { connectQmp, type QmpClient, type QmpOptions } from "./qmp/client.ts";
import type { Tool, Toolchain } from "./toolchain.ts";
import { validateMachineSpec } from "./validate.ts";
import { readVcpuTimes, type VcpuSample, vcpuThreads } from "./vcpu-time.ts";

export interface QemuExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions extends Omit<QmpOptions, "deadline"> {
  readonly toolchain: Toolchain;
  readonly spec: MachineSpec;
  /** File to which QEMU's own stdout and stderr are appended, up to 4 MiB. */
  readonly logPath: string;
  /** Until QMP answers. */
  readonly deadline: Deadline;
  /** `ours` (default): the kernel kills QEMU when this process dies. `kept`: QEMU goes on. */
  readonly lifetime?: "ours" | "kept";
}

/** A running QEMU whose machine is paused until QMP `cont`. Disposing it terminates it. */
export interface QemuProcess extends AsyncDisposable {
  readonly pid: number;
  /** Program and arguments without the wrapper that ties QEMU to our life: what repeats this start. */
  readonly argv: readonly string[];
  readonly qmp: QmpClient;
  /** Resolves, never rejects, when QEMU is gone. */
  readonly exit: Promise<QemuExit>;
  /** The last lines of QEMU's own output, safe for a terminal. */
  outputTail(): string;
  sampleVcpus(deadline: Deadline): Promise<readonly VcpuSample[]>;
  /** Ends QEMU: QMP `quit`, then SIGTERM, then SIGKILL to its group; resolves when it is gone. Idempotent. */
  terminate(): Promise<QemuExit>;
  /** Lets go of a `kept` QEMU without ending it; nothing here works afterwards. */
  release(): Promise<void>;
}

/**
 * Starts QEMU and waits for its QMP greeting.
 * @throws {ConfigError} when the spec has problems; {QemuError} QEMU_START when QEMU ends first; {HostError}; {TimeoutError}.
 */
export const startQemu = async (options: StartOptions): Promise<QemuProcess> => {
  refuseProblems(options.spec);
  const { qemuSystem } = options.toolchain;
  await makeConsolePipe(options.spec.console.pipePath);
  const argv = [qemuSystem.file, ...qemuSystem.prefixArgs, ...toArgv(options.spec)];
  const output = new OutputCapture(options.logPath);
  const child = spawnGroup(argv, qemuSystem, options.lifetime ?? "ours", output);
  try {
    const pid = await spawnedPid(child, qemuSystem);
    const exit = exitOf(child, output);
    const qmp = await connectWhileAlive(exit, output, options);
    return new RunningQemu(child, { pid, argv, qmp, exit, output });
  } catch (error) {
    await killGroup(child);
    output.close();
    throw error;
  }
};

interface Parts {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly qmp: QmpClient;
  readonly exit: Promise<QemuExit>;
  readonly output: OutputCapture;
}

class RunningQemu implements QemuProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly qmp: QmpClient;
  readonly exit: Promise<QemuExit>;
  readonly #output: OutputCapture;
  readonly #child: ChildProcess;
  #ending: Promise<QemuExit> | undefined;

  constructor(child: ChildProcess, parts: Parts) {
    this.#child = child;
    this.pid = parts.pid;
    this.argv = parts.argv;
    this.qmp = parts.qmp;
    this.exit = parts.exit;
    this.#output = parts.output;
  }

  outputTail(): string {
    return this.#output.tail();
  }

  async sampleVcpus(deadline: Deadline): Promise<readonly VcpuSample[]> {
    return readVcpuTimes(this.pid, await vcpuThreads(this.qmp, deadline));
  }

  async terminate(): Promise<QemuExit> {
    this.#ending ??= this.#end();
    return await this.#ending;
  }

  async release(): Promise<void> {
    await this.qmp[Symbol.asyncDispose]();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.unref();
    this.#output.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  async #end(): Promise<QemuExit> {
    if (isAlive(this.#child)) {
      // QEMU may close the connection before it answers; whether it went is seen by its exit.
      await this.qmp.execute("quit", undefined, deadlineAfter(2_000)).catch(() => undefined);
      const isGone = (await goneWithin(this.exit, 3_000)) || (await this.#signalled("SIGTERM"));
      if (!isGone) await killGroup(this.#child);
    }
    const exit = await this.exit;
    await this.qmp[Symbol.asyncDispose]();
    return exit;
  }

  async #signalled(signal: NodeJS.Signals): Promise<boolean> {
    signalGroup(this.#child, signal);
    return await goneWithin(this.exit, 3_000);
  }
}

const refuseProblems = (spec: MachineSpec): void => {
  const problems = validateMachineSpec(spec);
  if (problems.length === 0) return;
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new ConfigError(`Machine ${spec.name} cannot be started: ${list}`, {
    details: { problems },
    hint: problems.map(({ remedy }) => remedy).join("; "),
  });
};

const spawnGroup = (
  argv: readonly string[],
  tool: Tool,
  lifetime: "ours" | "kept",
  output: OutputCapture,
): ChildProcess => {
  const [file = "", ...args] = lifetime === "ours" ? [...deathLeash("KILL"), ...argv] : argv;
  const child = spawn(file, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...tool.env },
  });
  if (child.stdout !== null) output.follow(child.stdout);
  if (child.stderr !== null) output.follow(child.stderr);
  return child;
};

const spawnedPid = async (child: ChildProcess, tool: Tool): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("spawn", resolve);
  child.once("error", reject);
  await promise.catch((cause: unknown) => {
    throw new HostError("HOST_TOOL_MISSING", `${tool.file} could not be started`, {
      hint: "Run ci/setup",
      cause,
    });
  });
  if (child.pid === undefined) throw new QemuError("QEMU_START", "QEMU has no process id");
  return child.pid;
};

const exitOf = (child: ChildProcess, output: OutputCapture): Promise<QemuExit> => {
  const { promise, resolve } = Promise.withResolvers<QemuExit>();
  // "close" and not "exit": only then has all of its output been read.
  child.once("close", (code, signal) => {
    output.close();
    resolve({ code, signal });
  });
  return promise;
};

const connectWhileAlive = async (
  exit: Promise<QemuExit>,
  output: OutputCapture,
  options: StartOptions,
): Promise<QmpClient> => {
  const { deadline, spec } = options;
  for (;;) {
    try {
      return await connectQmp(spec.qmpSocketPath, { ...options, deadline });
    } catch (error) {
      if (errorCodeOf(error) !== "QMP_CLOSED") throw error;
    }
    // QEMU announces its socket to nobody, so the wait is for its end or for the next try, whichever is first.
    const isGone = await withDeadline(
      goneWithin(exit, 10),
      deadline,
      `QMP socket of machine ${spec.name}`,
      () => `its output: ${output.tail()}`,
    );
    if (isGone) throw startError(spec, await exit, output);
  }
};

const startError = (spec: MachineSpec, exit: QemuExit, output: OutputCapture): QemuError => {
  const how = exit.signal === null ? `with exit code ${exit.code}` : `by ${exit.signal}`;
  const said = output.tail();
  return new QemuError(
    "QEMU_START",
    `QEMU for machine ${spec.name} ended ${how} before it answered: ${said === "" ? "it printed nothing" : said}`,
    { details: { ...exit } },
  );
};

const isAlive = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

const goneWithin = async (exit: Promise<QemuExit>, timeoutMs: number): Promise<boolean> =>
  await withDeadline(exit, deadlineAfter(timeoutMs), "End of QEMU").then(
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
