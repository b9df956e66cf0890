import {
  type AgentClient,
  deadlineAfter,
  type ExecResult,
  fail,
  withDeadline,
} from "../../../harness/index.ts";
import { payload } from "./mounted-disks.ts";

/** The registry on the payload disk while it answers; disposing it ends it. */
export interface GuestRegistry extends AsyncDisposable {
  /** What it has been asked for last. */
  readonly lastLines: () => readonly string[];
}

const maxKeptLines = 50;

/** Starts the registry in the guest and waits until it listens. */
export const startRegistry = async (agent: AgentClient): Promise<GuestRegistry> => {
  const stop = new AbortController();
  const lines: string[] = [];
  const listening = Promise.withResolvers<void>();
  let partial = "";
  const take = (chunk: Buffer): void => {
    const pieces = (partial + chunk.toString("utf8")).split("\n");
    partial = (pieces.pop() ?? "").slice(0, 4096);
    lines.push(...pieces);
    lines.splice(0, Math.max(0, lines.length - maxKeptLines));
    if (pieces.some((line) => line.startsWith("listening on "))) listening.resolve();
  };
  const argv = [`${payload.path}/bin/registry`, "-layout", `${payload.path}/images`];
  const running = agent.exec(argv, {
    deadline: deadlineAfter(24 * 3600_000, { signal: stop.signal }),
    onStdout: take,
    onStderr: take,
  });
  running.catch(() => undefined); // told where it is waited for
  const ended = running.then(({ exit }: ExecResult) =>
    fail(`The registry in the guest ended: ${JSON.stringify(exit)}: ${lines.join("; ")}`),
  );
  ended.catch(() => undefined);
  const within = deadlineAfter(60_000);
  await withDeadline(
    Promise.race([listening.promise, ended]),
    within,
    "Registry in the guest",
    () => lines.at(-1) ?? "nothing",
  );
  return {
    lastLines: () => lines,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running.catch(() => undefined);
    },
  };
};
