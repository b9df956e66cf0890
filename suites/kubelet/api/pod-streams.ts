// What goes through API server and kubelet into a container and back: programs, output, ports.
import { PassThrough } from "node:stream";
import type { V1Status } from "@kubernetes/client-node";
import { z } from "zod";
import { errorCodeOf, fail, withDeadline } from "../../../harness/index.ts";
import type { WatchedDeadline } from "../../node-runtime/watched-deadline.ts";
import { type ClusterClient, Collected, exitCodeOf, throughKubelet } from "./cluster-client.ts";
import { late } from "./late.ts";

/** A container, by where the API server has it. */
export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface Execution {
  /** Undefined when the program did not end by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves as the promise; where it is not in time, the check fails with what was seen last. */
const inTime = async <T>(
  promise: Promise<T>,
  deadline: WatchedDeadline,
  what: string,
  lastSeen: () => string,
): Promise<T> => {
  try {
    return await withDeadline(promise, deadline, what, lastSeen);
  } catch (error) {
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
    return late(deadline, error instanceof Error ? error.message : what);
  }
};

/** Runs a program in a container. */
export const execIn = async (
  { exec }: ClusterClient,
  { namespace, pod, container }: Place,
  argv: readonly string[],
  deadline: WatchedDeadline,
): Promise<Execution> => {
  const { promise, resolve } = Promise.withResolvers<V1Status>();
  const [stdout, stderr] = [new Collected(), new Collected()];
  const starting = exec.exec(
    namespace,
    pod,
    container,
    [...argv],
    stdout,
    stderr,
    null,
    false,
    resolve,
  );
  const what = `The end of ${argv.join(" ")} in pod ${pod}`;
  const seen = (): string => JSON.stringify(stdout.text.slice(-200));
  const socket = await inTime(starting, deadline, what, seen);
  try {
    const status = await inTime(promise, deadline, what, seen);
    return { code: exitCodeOf(status), stdout: stdout.text, stderr: stderr.text };
  } finally {
    socket.close();
  }
};

const catSchema = z.record(
  z.string(),
  z.object({ text: z.string().default(""), error: z.string().exactOptional() }),
);

/** What subcommand `cat` of the suite's program printed: texts by path, undefined where a file cannot be read. */
export const readCat = ({
  code,
  stdout,
  stderr,
}: Execution): Record<string, string | undefined> => {
  if (code !== 0) return fail(`cat in a container ended with ${code}: ${stderr.slice(0, 500)}`);
  return Object.fromEntries(
    Object.entries(parsed(stdout, catSchema)).map(([path, { text, error }]) => [
      path,
      error === undefined ? text : undefined,
    ]),
  );
};

/** What a container or the kubelet said as JSON; the check fails when it is not of that form. */
export const parsed = <T>(text: string, schema: z.ZodType<T>): T => {
  const value = schema.safeParse(jsonOf(text));
  return value.success
    ? value.data
    : fail(`A container or the kubelet said something else than it should: ${text.slice(0, 500)}`);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Follows the output of a container until `form` is in it; resolves to what it has printed by then. */
export class FollowedLog implements AsyncDisposable {
  readonly #output = new Collected();
  readonly #end: Promise<AbortController>;

  constructor({ log }: ClusterClient, { namespace, pod, container }: Place) {
    this.#end = throughKubelet(log.log(namespace, pod, container, this.#output, { follow: true }));
  }

  get text(): string {
    return this.#output.text;
  }

  async until(form: RegExp, deadline: WatchedDeadline): Promise<string> {
    await this.#end;
    await textIn(this.#output, form, deadline, `Output like ${form.source}`);
    return this.text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end.then(
      (end) => end.abort(),
      () => undefined,
    );
  }
}

/** Whether nothing in the pod listened, by what `getThroughForward` resolved to. */
export const isRefused = (text: string): boolean =>
  !text.startsWith("HTTP/") && text.includes("connection refused");

/** Sends an HTTP request to a port of a pod and resolves to the whole answer, or to the kubelet's words when nothing listens. */
export const getThroughForward = async (
  { portForward }: ClusterClient,
  { namespace, pod }: Place,
  { port, path }: { readonly port: number; readonly path: string },
  deadline: WatchedDeadline,
): Promise<string> => {
  const [answer, input] = [new Collected(), new PassThrough()];
  // Errors come among the answers: their text is none that anybody waits for.
  const starting = portForward.portForward(namespace, pod, [port], answer, answer, input);
  const what = `An answer from port ${port} of pod ${pod}`;
  const socket = await inTime(starting, deadline, what, () => "no connection");
  input.write(`GET ${path} HTTP/1.0\r\n\r\n`);
  try {
    await textIn(answer, /\r\n\r\n.*\n|connection refused/s, deadline, what);
    return answer.text;
  } finally {
    if ("close" in socket) socket.close();
  }
};

const textIn = async (
  output: Collected,
  form: RegExp,
  deadline: WatchedDeadline,
  what: string,
): Promise<void> => {
  while (!form.test(output.text)) {
    const { promise, resolve } = Promise.withResolvers<void>();
    output.onText = resolve;
    await inTime(promise, deadline, what, () => JSON.stringify(output.text.slice(-500)));
  }
};
