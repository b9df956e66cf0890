import {
  type AgentClient,
  type BootedMachine,
  deadlineAfter,
  errorCodeOf,
} from "../../harness/index.ts";
import { type FinishedSpec, GinkgoStream } from "./ginkgo-stream.ts";
import { LoadWatch } from "./load-watch.ts";
import { findSpec, type SelectedSpec } from "./selected-spec.ts";
import { Silence } from "./silence.ts";
import { Tail } from "./tail.ts";
import { isSuiteTimeout, isTimeLimit, messageOf, waitedMs } from "./time-limit.ts";

/** A program of specs that ginkgo runs, in the guest. */
export interface SpecProgram {
  /** As messages call it. */
  readonly name: string;
  /** How it is started for these specs: the how manieth start of a run it is, from 1, and how long it may take. */
  readonly command: (
    specs: readonly SelectedSpec[],
    start: { readonly number: number; readonly timeoutMs: number },
  ) => readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** How long all of its specs may take, on a host of common speed. Default an hour. */
  readonly wholeMs?: number;
}

/** What was seen of one spec. */
export interface SpecSeen {
  readonly durationMs: number;
  /**
   * - `absent`  this program has no such spec in this guest
   * - `hung`    it was still running when the program was given up
   * - `unrun`   the program was given up, or ran out of time, before it came to it
   * - `lost`    the program broke off before it came to it
   */
  readonly state: FinishedSpec["state"] | "absent" | "hung" | "unrun" | "lost";
  readonly output: string;
  /** Whether the machine was starved in the time that the spec waited in vain, or else took. */
  readonly isStarved: boolean;
}

export interface SpecRun {
  /** How often the program was started: more than once when a spec hung. */
  readonly starts: number;
  /** Why it broke off, where it did. */
  readonly brokeOff?: BrokeOff;
  /** Specs that it told of and nobody asked for. */
  readonly unknown: readonly string[];
  /** The last lines of what it printed. */
  readonly lastLines: readonly string[];
}

export interface BrokeOff {
  readonly reason: string;
  /** It ran out of some time, in which the machine was starved. */
  readonly isStarved: boolean;
}

export interface SpecRunOptions {
  readonly slowness: number;
  readonly onSeen: (spec: SelectedSpec, seen: SpecSeen) => void;
  /** A spec is running; not told of one that is over soon. */
  readonly onRunning?: (spec: SelectedSpec) => void;
  /** How long it may tell of no spec, on a host of common speed. Default 420,000: longer than the specs' own limits. */
  readonly silentMs?: number;
}

const defaultSilentMs = 420_000;
const defaultWholeMs = 3_600_000;
const maxStarts = 4;
const maxLines = 40;
const maxNames = 300;

/** After such a spec ginkgo runs none any more, and says so of none; so it is when the time of the whole run is over. */
const cutsShort: readonly SpecSeen["state"][] = ["interrupted", "aborted"];

/**
 * Runs a program in the guest for these specs and tells of each as it ends. A spec that hangs is given up with what is known of
 * it, and the program is started again for the rest.
 */
export const runSpecs = async (
  machine: Pick<BootedMachine, "load" | "sampleLoad">,
  agent: Pick<AgentClient, "exec">,
  specs: readonly SelectedSpec[],
  options: SpecRunOptions & { readonly program: SpecProgram },
): Promise<SpecRun> => {
  using load = new LoadWatch(machine);
  const run = new Run(load, agent, options);
  let remaining = specs;
  let starts = 0;
  while (remaining.length > 0 && starts < maxStarts) {
    starts += 1;
    remaining = await run.start(remaining, starts);
  }
  for (const spec of remaining)
    run.tell(spec, "unrun", 0, `${options.program.name} hung ${starts} times`);
  const { brokeOff } = run;
  return {
    starts,
    unknown: [...run.unknown],
    lastLines: run.tail.lines,
    ...(brokeOff === undefined ? {} : { brokeOff }),
  };
};

class Run {
  readonly unknown = new Set<string>();
  readonly tail: Tail = new Tail(maxLines);
  brokeOff: BrokeOff | undefined;
  readonly #load: LoadWatch;
  readonly #agent: Pick<AgentClient, "exec">;
  readonly #options: SpecRunOptions;
  readonly #program: SpecProgram;
  readonly #silentMs: number;
  readonly #told = new Set<string>();

  constructor(
    load: LoadWatch,
    agent: Pick<AgentClient, "exec">,
    { program, ...options }: SpecRunOptions & { readonly program: SpecProgram },
  ) {
    this.#load = load;
    this.#program = program;
    this.#agent = agent;
    this.#options = options;
    this.#silentMs = (options.silentMs ?? defaultSilentMs) * Math.max(1, options.slowness);
  }

  tell(spec: SelectedSpec, state: SpecSeen["state"], durationMs: number, output: string): void {
    if (this.#told.has(spec.id)) return;
    this.#told.add(spec.id);
    const waited = state === "failed" ? waitedMs(output) : undefined;
    const isStarved = this.#load.wasStarvedFor(waited ?? durationMs);
    this.#options.onSeen(spec, { durationMs, state, output, isStarved });
  }

  /** @returns the specs that are still to be run. */
  async start(specs: readonly SelectedSpec[], number: number): Promise<readonly SelectedSpec[]> {
    const { name } = this.#program;
    const running = new Set<string>();
    let broken: string | undefined;
    let ran: number | undefined;
    let isCutShort = false;
    const give = new AbortController();
    const startedMs = performance.now();
    using quiet = new Silence(this.#silentMs, () => give.abort());
    const stream = new GinkgoStream({
      onSpec: (spec) => {
        quiet.isBroken();
        running.delete(spec.name);
        const isOutOfTime = spec.state === "timedout" && isSuiteTimeout(spec.output);
        isCutShort ||= isOutOfTime || cutsShort.includes(spec.state);
        const known = findSpec(specs, spec.name);
        if (known !== undefined && isOutOfTime)
          this.tell(known, "unrun", spec.durationMs, `${name} ran out of time in the midst of it`);
        else if (known !== undefined) this.tell(known, spec.state, spec.durationMs, spec.output);
        else if (this.unknown.size < maxNames) this.unknown.add(spec.name);
      },
      onRunning: (name) => {
        if (running.has(name) || running.size >= maxNames) return;
        running.add(name);
        const known = findSpec(specs, name);
        if (known !== undefined && !this.#told.has(known.id)) this.#options.onRunning?.(known);
      },
      onEnd: (count) => {
        ran = count;
      },
      onSuiteFailure: (text) => {
        broken ??= text;
      },
    });
    const end = await this.#exec(specs, { number, signal: give.signal, stream });
    const untold = specs.filter(({ id }) => !this.#told.has(id));
    if (end === "given-up") return await this.#giveUp(untold, running);
    const tookMs = Math.round(performance.now() - startedMs);
    if (broken !== undefined) this.brokeOff = this.#brokenBefore(broken, tookMs);
    else if (ran === undefined && untold.length > 0)
      this.brokeOff = this.#endedEarly(`${name} ended with ${end}`, tookMs);
    for (const spec of untold) {
      if (broken !== undefined) this.tell(spec, "failed", tookMs, broken);
      else if (ran === undefined) this.tell(spec, "lost", 0, `${name} ended with ${end}`);
      else if (isCutShort) this.tell(spec, "unrun", 0, `${name} ran out of time`);
      else this.tell(spec, "absent", 0, `${name} ran ${ran} specs without it`);
    }
    return [];
  }

  async #exec(
    specs: readonly SelectedSpec[],
    { number, signal, stream }: { number: number; signal: AbortSignal; stream: GinkgoStream },
  ): Promise<string> {
    const slowness = Math.max(1, this.#options.slowness);
    const { command, env, cwd, wholeMs = defaultWholeMs } = this.#program;
    const argv = command(specs, { number, timeoutMs: wholeMs * slowness });
    const take = (chunk: Buffer): void => {
      const text = chunk.toString("utf8");
      this.tail.push(text);
      stream.push(text);
    };
    try {
      const { exit } = await this.#agent.exec(argv, {
        deadline: deadlineAfter(2 * wholeMs * slowness, { signal }),
        env,
        cwd,
        onStdout: take,
        onStderr: (chunk) => void this.tail.push(chunk.toString("utf8")),
      });
      stream.end();
      return exit.kind === "exited" ? `exit code ${exit.code}` : `signal ${exit.signal}`;
    } catch (error) {
      if (signal.aborted || errorCodeOf(error) === "TIMEOUT") return "given-up";
      throw error;
    }
  }

  /** Those known to run are at fault; where none is known nobody can tell, and the others cannot be run either. */
  async #giveUp(
    untold: readonly SelectedSpec[],
    running: ReadonlySet<string>,
  ): Promise<readonly SelectedSpec[]> {
    const hung = untold.filter((spec) => [...running].some((name) => findSpec([spec], name)));
    const wasStarved = this.#load.wasStarvedFor(this.#silentMs);
    const diagnostics = await this.#diagnostics();
    for (const spec of hung) this.tell(spec, "hung", this.#silentMs, diagnostics);
    if (hung.length > 0) return untold.filter((spec) => !hung.includes(spec));
    this.brokeOff = { reason: diagnostics, isStarved: wasStarved };
    const why = `${this.#program.name} hung, and did not say where`;
    for (const spec of untold) this.tell(spec, "unrun", 0, why);
    return [];
  }

  async #diagnostics(): Promise<string> {
    const argv = ["/usr/bin/journalctl", "-b", "-n", "100", "-o", "short-monotonic", "--no-pager"];
    const journal = await this.#agent.exec(argv).then(
      ({ stdout }) => String(stdout),
      (error: unknown) => `no journal: ${String(error)}`,
    );
    return `${this.#program.name} was silent for ${this.#silentMs / 1000} s; its last lines:\n${this.tail.lines.join("\n")}\n\njournal:\n${journal}`;
  }

  /** What had to be done before the first spec failed: of such a run no report says anything. */
  #brokenBefore(reason: string, tookMs: number): BrokeOff {
    const isLate = isTimeLimit(messageOf(reason, "FAILED"));
    return { reason, isStarved: isLate && this.#load.wasStarvedFor(waitedMs(reason) ?? tookMs) };
  }

  /** What ends before its end is at fault itself, unless it says that it waited in vain. */
  #endedEarly(reason: string, sinceMs: number): BrokeOff {
    const isLate = this.tail.lines.some(isTimeLimit);
    return { reason, isStarved: isLate && this.#load.wasStarvedFor(sinceMs) };
  }
}
