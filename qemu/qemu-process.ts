import { type Deadline, deadlineAfter, withDeadline } from "../harness/core/deadline.ts";
import { ConfigError, errorCodeOf, QemuError } from "../harness/core/errors.ts";
import { toArgv } from "./argv.ts";
import { makeConsolePipe } from "./console-pipe.ts";
import { type HostProcess, howItEnded, type ProcessExit, startProcess } from "./host-process.ts";
import type { MachineSpec } from "./machine-spec.ts";
import { OutputCapture } from "./output-capture.ts";
import { connectQmp, type QmpClient, type QmpOptions } from "./qmp/client.ts";
import { startTpm, type TpmProcess } from "./swtpm-process.ts";
import type { Toolchain } from "./toolchain.ts";
import { validateMachineSpec } from "./validate.ts";
import { readVcpuTimes, type VcpuSample, vcpuThreads } from "./vcpu-time.ts";

export interface StartOptions extends Omit<QmpOptions, "deadline"> {
  readonly toolchain: Toolchain;
  readonly spec: MachineSpec;
  /** File to which what QEMU and swtpm print themselves is appended, up to 4 MiB each. */
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
  readonly exit: Promise<ProcessExit>;
  /** Of a machine with a TPM; it goes when QEMU goes. */
  readonly tpm: TpmProcess | undefined;
  /** The last lines of QEMU's own output, safe for a terminal. */
  outputTail(): string;
  sampleVcpus(deadline: Deadline): Promise<readonly VcpuSample[]>;
  /** Ends QEMU: QMP `quit`, then SIGTERM, then SIGKILL to its group; resolves when it is gone. Idempotent. */
  terminate(): Promise<ProcessExit>;
  /** SIGKILL to QEMU's group; resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets go of a `kept` QEMU without ending it; nothing here works afterwards. */
  release(): Promise<void>;
}

/**
 * Starts QEMU, and swtpm for a machine with a TPM, and waits for QEMU's QMP greeting.
 * @throws {ConfigError} when the spec has problems; {QemuError} QEMU_START when QEMU ends first; {HostError}; {TimeoutError}.
 */
export const startQemu = async (options: StartOptions): Promise<QemuProcess> => {
  refuseProblems(options.spec);
  const { spec, logPath, deadline, lifetime = "ours" } = options;
  await using started = new AsyncDisposableStack();
  const { qemuSystem } = options.toolchain;
  await makeConsolePipe(spec.console.pipePath);
  const tpm =
    spec.tpm === undefined
      ? undefined
      : started.use(await startTpm(spec.tpm, { logPath, deadline, lifetime }));
  const argv = [qemuSystem.file, ...qemuSystem.prefixArgs, ...toArgv(spec)];
  const output = new OutputCapture(logPath);
  started.defer(() => output.close());
  const host = await startProcess(argv, { lifetime, output, env: qemuSystem.env });
  started.defer(() => host.kill());
  const qmp = await connectWhileAlive(host, output, options);
  started.move();
  return new RunningQemu({ host, argv, qmp, output, tpm });
};

interface Parts {
  readonly host: HostProcess;
  readonly argv: readonly string[];
  readonly qmp: QmpClient;
  readonly output: OutputCapture;
  readonly tpm: TpmProcess | undefined;
}

class RunningQemu implements QemuProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly qmp: QmpClient;
  readonly exit: Promise<ProcessExit>;
  readonly tpm: TpmProcess | undefined;
  readonly #output: OutputCapture;
  readonly #host: HostProcess;
  #ending: Promise<ProcessExit> | undefined;

  constructor(parts: Parts) {
    this.#host = parts.host;
    this.pid = parts.host.pid;
    this.argv = parts.argv;
    this.qmp = parts.qmp;
    this.exit = parts.host.exit;
    this.tpm = parts.tpm;
    this.#output = parts.output;
  }

  outputTail(): string {
    return this.#output.tail();
  }

  async sampleVcpus(deadline: Deadline): Promise<readonly VcpuSample[]> {
    return readVcpuTimes(this.pid, await vcpuThreads(this.qmp, deadline));
  }

  async terminate(): Promise<ProcessExit> {
    this.#ending ??= this.#end();
    return await this.#ending;
  }

  async kill(): Promise<void> {
    await this.#host.kill();
  }

  async release(): Promise<void> {
    await this.qmp[Symbol.asyncDispose]();
    this.#host.release();
    this.tpm?.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  async #end(): Promise<ProcessExit> {
    if (this.#host.isAlive()) {
      // QEMU may close the connection before it answers; whether it went is seen by its exit.
      await this.qmp.execute("quit", undefined, deadlineAfter(2_000)).catch(() => undefined);
      const isGone = (await this.#host.goneWithin(3_000)) || (await this.#signalled("SIGTERM"));
      if (!isGone) await this.#host.kill();
    }
    const exit = await this.exit;
    await this.qmp[Symbol.asyncDispose]();
    await this.tpm?.[Symbol.asyncDispose]();
    return exit;
  }

  async #signalled(signal: NodeJS.Signals): Promise<boolean> {
    this.#host.signal(signal);
    return await this.#host.goneWithin(3_000);
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

const connectWhileAlive = async (
  host: HostProcess,
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
      host.goneWithin(10),
      deadline,
      `QMP socket of machine ${spec.name}`,
      () => `its output: ${output.tail()}`,
    );
    if (isGone) throw startError(spec, await host.exit, output);
  }
};

const startError = (spec: MachineSpec, exit: ProcessExit, output: OutputCapture): QemuError => {
  const said = output.tail();
  return new QemuError(
    "QEMU_START",
    `QEMU for machine ${spec.name} ended ${howItEnded(exit)} before it answered: ${said === "" ? "it printed nothing" : said}`,
    { details: { ...exit } },
  );
};
