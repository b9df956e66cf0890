import {
  type AgentClient,
  type Deadline,
  deadlineAfter,
  errorCodeOf,
  printable,
  withDeadline,
} from "../../harness/index.ts";

const journalctl = "/usr/bin/journalctl";
const show = ["-b", "-o", "cat", "--no-pager"];

/** Whether the image has the program that shows its journal. */
export const hasJournal = async (agent: AgentClient): Promise<boolean> =>
  await agent.exists(journalctl);

/** What a unit wrote down in this boot; undefined in an image that has no journalctl. */
const journalOf = async (
  agent: AgentClient,
  unit: string,
): Promise<readonly string[] | undefined> => {
  if (!(await hasJournal(agent))) return undefined;
  const { stdout } = await agent.exec([journalctl, ...show, "-u", unit], {
    deadline: deadlineAfter(60_000),
  });
  return String(stdout).split("\n");
};

/** The last errors that a kubelet wrote down, for a message that says why it does not come up. */
export const complaints = async (agent: AgentClient, unit: string): Promise<readonly string[]> =>
  complaintsIn((await journalOf(agent, unit)) ?? []).slice(-3);

/** Lines of errors: of klog (`E1130 15:21:38.1`, `F…`; in JSON with a field `err`), or what programs print when they end. */
export const complaintsIn = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => /^([EF]\d{4} |[Ee]rror: |panic: |\{.*"err")/.test(line))
    .map((line) => printable(line, 500));

/** The lines of one unit from now on, in an image that has a journal. Disposing it ends the program that reads them. */
export class FollowedJournal implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly #begun: PromiseWithResolvers<void> = Promise.withResolvers();
  #rest = "";
  #hasBegun = false;
  #onLine: () => void = () => {};

  /** @param before is put in front of the program, as in systemd-inhibit. */
  constructor(agent: AgentClient, unit: string, before: readonly string[] = []) {
    const argv = [...before, journalctl, ...show, "-f", "-n", "1", "-u", unit];
    this.#ended = agent
      .exec(argv, {
        deadline: deadlineAfter(900_000, { signal: this.#stop.signal }),
        onStdout: (chunk) => this.#take(String(chunk)),
      })
      .then(
        () => undefined,
        (error: unknown) => this.#over(error),
      );
  }

  /** Resolves when it is being read: the newest old line, which is not kept, says so. */
  async isReading(deadline: Deadline): Promise<void> {
    await withDeadline(
      Promise.race([this.#begun.promise, this.#ended]),
      deadline,
      "The first line of journalctl",
    );
  }

  /** The first line since the start that fits; undefined when none comes in time. */
  async line(pattern: RegExp, deadline: Deadline): Promise<string | undefined> {
    const found = (): string | undefined => this.lines.find((line) => pattern.test(line));
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = deadline.clock.after(deadline.remainingMs(), resolve);
    this.#onLine = () => {
      if (found() !== undefined) resolve();
    };
    this.#onLine();
    await Promise.race([promise, this.#ended]);
    cancel();
    return found();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()?.slice(-10_000) ?? "";
    if (!this.#hasBegun && lines.length > 0) {
      lines.shift();
      this.#hasBegun = true;
      this.#begun.resolve();
    }
    this.lines.push(...lines);
    if (this.lines.length > 5000) this.lines.splice(0, this.lines.length - 5000);
    this.#onLine();
  }

  #over(error: unknown): void {
    const code = errorCodeOf(error);
    if (code !== "ABORTED" && code !== "AGENT_LOST" && code !== "TIMEOUT") throw error;
  }
}
