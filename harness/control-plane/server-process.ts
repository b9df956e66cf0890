import { join } from "node:path";
import { type HostProcess, howItEnded, startProcess } from "../../qemu/host-process.ts";
import { OutputCapture } from "../../qemu/output-capture.ts";
import { type Deadline, withDeadline } from "../core/deadline.ts";
import { HostError } from "../core/errors.ts";

/** A server of the control plane, which answers. Disposing it ends it by force: what it stored is of no use to anybody. */
export interface ServerProcess extends AsyncDisposable {
  /** Resolves, never rejects, when it is gone although nobody wanted that. */
  readonly died: Promise<HostError>;
}

/** Where a server of the control plane keeps its files, and until when it must answer. */
export interface ServerPlace {
  readonly dataPath: string;
  /** For its log, of 4 MiB at most. */
  readonly logsPath: string;
  readonly deadline: Deadline;
}

export interface ServerOptions extends Pick<ServerPlace, "logsPath" | "deadline"> {
  /** As in messages, and the name of its log. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Whether it answers; what it said instead is kept for the message. */
  readonly isReady: () => Promise<true | string>;
}

const lookEveryMs = 50;

/**
 * Starts a server and waits until it answers. It ends with this process, however that ends.
 * @throws {HostError} HOST_TOOL_MISSING when there is no such program; HOST_RESOURCE when its port is taken; COMMAND_FAILED when
 * it ends before it answers; {TimeoutError}.
 */
export const startServer = async (options: ServerOptions): Promise<ServerProcess> => {
  const { name, argv, logsPath } = options;
  const output = new OutputCapture(join(logsPath, `${name}.log`));
  let host: HostProcess;
  try {
    host = await startProcess(argv, { lifetime: "ours", output });
  } catch (error) {
    output.close();
    throw error;
  }
  try {
    await answering(host, output, options);
  } catch (error) {
    await host.kill();
    throw error;
  }
  let isWanted = true;
  const died = Promise.withResolvers<HostError>();
  void host.exit.then((exit) => {
    if (isWanted) died.resolve(endedError(name, `${howItEnded(exit)} while it was needed`, output));
  });
  return {
    died: died.promise,
    [Symbol.asyncDispose]: async () => {
      isWanted = false;
      await host.kill();
    },
  };
};

const answering = async (
  host: HostProcess,
  output: OutputCapture,
  { name, isReady, deadline }: ServerOptions,
): Promise<void> => {
  let seen: true | string = "nothing";
  const told = (): string => `${String(seen)}; it printed: ${output.tail(5) || "nothing"}`;
  for (;;) {
    seen = await withDeadline(isReady(), deadline, `An answer of ${name}`, told);
    if (seen === true) return;
    // The wait is for its end, or for the next look.
    if (!(await withDeadline(host.goneWithin(lookEveryMs), deadline, `An answer of ${name}`, told)))
      continue;
    throw endedError(name, `${howItEnded(await host.exit)} before it answered`, output);
  }
};

const endedError = (name: string, how: string, output: OutputCapture): HostError => {
  const said = output.tail();
  const taken = /^.*address already in use.*$/m.exec(said);
  if (taken !== null) {
    return new HostError("HOST_RESOURCE", `A port of ${name} is taken on this host: ${taken[0]}`, {
      hint: "Run it again: free ports are looked for each time",
    });
  }
  const last = said === "" ? "it printed nothing" : `it printed: ${said}`;
  return new HostError("COMMAND_FAILED", `${name} ended ${how}; ${last}`, {
    hint: `See ${name}.log in the run directory's control-plane/`,
  });
};
