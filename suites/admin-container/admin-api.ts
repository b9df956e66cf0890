import { z } from "zod";
import { type AgentClient, deadlineAfter, profile, unsupported } from "../../harness/index.ts";

export type AdminContainer = NonNullable<ReturnType<typeof profile>["adminContainer"]>;

/** What the profile says of the admin container; where it says nothing, the check ends here. */
export const adminContainer = (): AdminContainer =>
  profile().adminContainer ?? unsupported("The profile names no admin container");

/** What became of a request. */
export interface Answer {
  readonly isDone: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface Ran {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ran: z.ZodType<Ran> = z.object({
  exitStatus: z.number(),
  stdout: z.string(),
  stderr: z.string(),
});

// An emulated guest on a busy host unpacks and starts a container in half a minute.
const requestMs = 300_000;

/** The image's own means to start, use and stop its admin container, with a list of all that was asked for. */
export class AdminApi {
  /** In the order in which it was asked for. */
  readonly requests: { readonly action: "start" | "stop" | "exec"; readonly isDone: boolean }[] =
    [];
  readonly #agent: AgentClient;
  readonly #expected: AdminContainer;

  constructor(agent: AgentClient, expected: AdminContainer) {
    this.#agent = agent;
    this.#expected = expected;
  }

  async start(publicKey: string): Promise<Answer> {
    const { commands, port } = this.#expected;
    return await this.#ask("start", commands.start, { "%k": publicKey, "%p": `${port}` });
  }

  async stop(): Promise<Answer> {
    return await this.#ask("stop", this.#expected.commands.stop, {});
  }

  /** Runs a program in the container, to its end. */
  async exec(argv: readonly string[]): Promise<Ran> {
    const { exec } = this.#expected.commands;
    const { isDone, stdout, stderr } = await this.#ask("exec", exec, {
      "%a": JSON.stringify(argv),
    });
    if (!isDone) return { exitStatus: -1, stdout: "", stderr };
    return ran
      .catch({ exitStatus: -1, stdout, stderr: "not the answer of a program that ran" })
      .parse(jsonOf(stdout));
  }

  async #ask(
    action: "start" | "stop" | "exec",
    command: readonly string[],
    values: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const argv = command.map((word) => word.replaceAll(/%[akp]/g, (name) => values[name] ?? name));
    const { exit, stdout, stderr, elapsedMs } = await this.#agent.exec(argv, {
      deadline: deadlineAfter(requestMs),
    });
    const isDone = exit.kind === "exited" && exit.code === 0;
    this.requests.push({ action, isDone });
    return { isDone, stdout: `${stdout}`, stderr: `${stderr}`, tookMs: elapsedMs };
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
