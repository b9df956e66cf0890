// What runtime-probe tells of the containers that it ran (images/payload/runtime-probe/workloads.go), and what must hold of
// it before anybody believes it.
import { z } from "zod";

const text = z.string().max(131_072);
const texts = z.record(z.string().max(300), text);

/** How a container ended, or why it did not get that far. */
export interface Ending {
  readonly error: string;
  readonly exitCode: number;
  readonly reason: string;
  readonly output: string;
}

/** A program that was run in a container. */
export interface Execution {
  readonly error: string;
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
  /** The runtime said that the program's time was over. */
  readonly isDeadlineExceeded: boolean;
  /** The runtime said nothing in the time that it was waited for. */
  readonly isGivenUp: boolean;
  readonly tookMs: number;
  readonly processesBefore: number;
  readonly processesAfter: number;
}

/** A container that goes on. */
export interface Server {
  readonly error: string;
  readonly id: string;
  readonly pid: number;
  readonly url: string;
  readonly answer: string;
  readonly exec: Execution;
}

export interface Workloads {
  readonly podError: string;
  readonly prints: Ending;
  readonly exits: Ending;
  readonly eats: Ending;
  /** It goes on while a program in it uses too much memory. */
  readonly watches: Ending;
  readonly serves: Server & {
    /** Fields of proc_pid_status(5) of its first process. */
    readonly status: Readonly<Record<string, string>> | null;
    readonly cgroup: string;
    readonly limits: Readonly<Record<string, string>> | null;
    readonly execExit: Execution;
    readonly execLate: Execution;
    readonly tries: Readonly<Record<string, string>> | null;
    readonly triesError: string;
  };
  readonly mount: { readonly error: string; readonly seen: string };
  readonly network: {
    readonly error: string;
    readonly addresses: readonly string[];
    readonly name: string;
    readonly toNode: string;
    readonly toPod: Ending;
  };
}

const ending: z.ZodType<Ending> = z.object({
  error: text,
  exitCode: z.number(),
  reason: text,
  output: text,
});

const execution: z.ZodType<Execution> = z.object({
  error: text,
  exitCode: z.number(),
  output: text,
  errors: text,
  isDeadlineExceeded: z.boolean(),
  isGivenUp: z.boolean(),
  tookMs: z.number(),
  processesBefore: z.number(),
  processesAfter: z.number(),
});

const server = z.object({
  error: text,
  id: text,
  pid: z.number(),
  url: text,
  answer: text,
  exec: execution,
});

export const workloadsSchema: z.ZodType<Workloads> = z.object({
  podError: text,
  prints: ending,
  exits: ending,
  eats: ending,
  watches: ending,
  serves: server.extend({
    status: texts.nullable(),
    cgroup: text,
    limits: texts.nullable(),
    execExit: execution,
    execLate: execution,
    tries: texts.nullable(),
    triesError: text,
  }),
  mount: z.object({ error: text, seen: text }),
  network: z.object({
    error: text,
    addresses: z.array(text).max(10),
    name: text,
    toNode: text,
    toPod: ending,
  }),
});

/** The container that goes on, when containerd was restarted. */
export interface LaterServer extends Server {
  readonly state: string;
}

export const laterSchema: z.ZodType<LaterServer> = server.extend({ state: text });

/** Of all pods that were removed. */
export interface Removal {
  readonly pods: number;
  readonly containers: number;
  /** How many of each were looked for afterwards. */
  readonly sought: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  /** In words. */
  readonly leftovers: readonly string[];
}

export const removalSchema: z.ZodType<Removal> = z.object({
  pods: z.number(),
  containers: z.number(),
  sought: z.record(z.string().max(100), z.number()),
  errors: z.array(text).max(100),
  leftovers: z.array(text).max(10_000),
});

export const stockSchema: z.ZodType<{ readonly items: readonly string[] }> = z.object({
  items: z.array(text).max(20_000),
});

export const forgottenSchema: z.ZodType<{ readonly image: string }> = z.object({ image: text });
