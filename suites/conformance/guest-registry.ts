import {
  type AgentClient,
  deadlineAfter,
  type ExecResult,
  fail,
  skip,
  unsupported,
  withDeadline,
} from "../../harness/index.ts";
import { payload } from "./mounted-disks.ts";
import { Tail } from "./tail.ts";

/** The registry on the payload disk while it answers; disposing it ends it. */
interface GuestRegistry extends AsyncDisposable {
  /** Rejects when it ends by itself: what could not be pulled then is not the image's fault. */
  readonly ended: Promise<never>;
  /** What it has been asked for last. */
  readonly lastLines: () => readonly string[];
}

/** Does work that needs the registry. @returns what it has been asked for last, too. */
export const whileServed = async <T>(
  agent: Pick<AgentClient, "exec">,
  options: { readonly slowness: number },
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly served: readonly string[] }> => {
  await using registry = await startRegistry(agent, options);
  const done = await Promise.race([work(), registry.ended]);
  return { done, served: registry.lastLines() };
};

/** Starts the registry in the guest and waits until it listens. */
const startRegistry = async (
  agent: Pick<AgentClient, "exec">,
  { slowness }: { readonly slowness: number },
): Promise<GuestRegistry> => {
  const stop = new AbortController();
  const tail = new Tail(20);
  const listening = Promise.withResolvers<void>();
  const take = (chunk: Buffer): void => {
    const lines = tail.push(chunk.toString("utf8"));
    if (lines.some((line) => line.startsWith("listening on "))) listening.resolve();
  };
  const argv = [`${payload.path}/bin/registry`, "-layout", `${payload.path}/images`];
  const running = agent.exec(argv, {
    deadline: deadlineAfter(24 * 3600_000, { signal: stop.signal }),
    onStdout: take,
    onStderr: take,
  });
  const ended = running.then(({ exit }: ExecResult) => endOf(exit, tail.lines));
  ended.catch(() => undefined); // told where it is waited for
  await withDeadline(
    Promise.race([listening.promise, ended]),
    deadlineAfter(60_000 * Math.max(1, slowness)),
    "Registry in the guest",
    () => tail.lines.at(-1) ?? "nothing",
  ).catch((error: unknown) => {
    stop.abort(); // nobody else would end it
    throw error;
  });
  return {
    ended,
    lastLines: () => tail.lines,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running.catch(() => undefined);
    },
  };
};

const endOf = (exit: ExecResult["exit"], lines: readonly string[]): never => {
  const said = lines.slice(-3).join("; ");
  if (/address already in use/.test(said))
    return unsupported(`The image itself listens where the specs' images are served: ${said}`);
  if (exit.kind === "signalled")
    return skip(`The registry of the specs' images was ended with ${exit.signal}: ${said}`);
  return fail(`The registry of the specs' images ended with exit code ${exit.code}: ${said}`);
};
