import {
  type AgentClient,
  type BootedContext,
  errnoOf,
  errorCodeOf,
  fail,
  printable,
} from "../../harness/index.ts";
import {
  tooLate,
  type WatchedDeadline,
  watchedDeadline,
} from "../node-runtime/watched-deadline.ts";
import { complaintsIn } from "./kubelet-journal.ts";
import { kubeletCommand } from "./shipped-kubelet.ts";

/** What became of a kubelet's program that was started beside the unit. */
export type ByHand =
  | {
      readonly kind: "exited";
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** It was still running when its time was over, and was killed. */
  | { readonly kind: "ran-on"; readonly stderr: string; readonly deadline: WatchedDeadline };

const withinMs = 60_000;
const maxBytes = 1024 * 1024;

/** Runs the program of the unit with other arguments, to its end or for a minute on a host of common speed. */
export const runByHand = async (
  { agent, machine, slowness }: Pick<BootedContext, "agent" | "machine" | "slowness">,
  given: readonly string[],
): Promise<ByHand> => {
  const { program } = await kubeletCommand(agent);
  const deadline = watchedDeadline(machine, withinMs * Math.max(1, slowness));
  const text = { stdout: "", stderr: "" };
  const take = (stream: keyof typeof text) => (chunk: Buffer) => {
    if (text[stream].length < maxBytes) text[stream] += chunk.toString("utf8");
  };
  const exit = await exitOf(agent, [...program, ...given], {
    deadline,
    onStdout: take("stdout"),
    onStderr: take("stderr"),
  });
  if (exit === undefined) return { kind: "ran-on", stderr: text.stderr, deadline };
  if (exit.kind !== "exited") return fail(`${program.join(" ")} was ended by ${exit.signal}`);
  return { ...exit, ...text };
};

/** Undefined when it was not in time. */
const exitOf = async (
  agent: AgentClient,
  argv: readonly string[],
  options: NonNullable<Parameters<AgentClient["exec"]>[1]>,
) => {
  try {
    return (await agent.exec(argv, options)).exit;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return fail(`There is no program ${argv[0]}`);
    if (errorCodeOf(error) !== "TIMEOUT") throw error;
    await agent.exists("/proc/self"); // an agent that answers nothing says nothing of the program
    return undefined;
  }
};

/** Ends the check unless a kubelet that was given a wrong value of this field said so and ended. */
export const expectRefusal = (field: string, end: ByHand): void => {
  const said = complaintsIn(end.stderr.split("\n"));
  if (end.kind === "ran-on") {
    const last = printable(end.stderr.trimEnd().split("\n").at(-1) ?? "", 500);
    tooLate(
      end.deadline,
      `The kubelet came up with a wrong ${field}: it ran on for ${Math.round(end.deadline.timeoutMs / 1000)} s; its last line: ${last || "none"}`,
    );
    return;
  }
  if (end.code !== 1)
    fail(`With a wrong ${field} the kubelet should end with 1, and ended with ${end.code}`);
  if (said.some((line) => line.includes(field))) return;
  fail(
    said.length === 0
      ? `With a wrong ${field} the kubelet ends without a word`
      : `The kubelet takes a wrong ${field}: it ended for another reason: ${said.join("; ")}`,
  );
};
