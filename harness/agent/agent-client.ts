import type { z } from "zod";
import type { Clock } from "../core/clock.ts";
import { type Deadline, deadlineAfter } from "../core/deadline.ts";
import { errorCodeOf, GuestError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";
import type { LinkCounters } from "../protocol/counters.ts";
import type { AgentSession, RequestOptions } from "./agent-session.ts";
import {
  type BootTimeline,
  bootTimelineSchema,
  bytesSchema,
  countersSchema,
  type FileEntry,
  fileEntrySchema,
  hashSchema,
  jobResultSchema,
  type Mount,
  mountsSchema,
  type ServiceFacts,
  serviceFactsSchema,
  type UnitState,
  type UnitSummary,
  type UnitWait,
  unitStateSchema,
  unitStatesSchema,
  unitSummariesSchema,
  unitWaitSchema,
  valueSchema,
  type WalkAnswer,
  walkAnswerSchema,
} from "./answers.ts";
import { believe } from "./believe.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";
import { betterOffset, type ClockOffset, clockOffset } from "./clock-offset.ts";
import { EntryLines } from "./entry-lines.ts";
import { errnoOf } from "./errno-of.ts";
import { type ExecOptions, type ExecResult, execInGuest } from "./exec-in-guest.ts";
import { type HttpOptions, type HttpOutcome, httpInGuest } from "./http-in-guest.ts";
import { clockSampleSchema, type SessionInfo } from "./session-info.ts";

export interface CallOptions {
  /** Default 30 s from the call. Kept by the guest as well. */
  readonly deadline?: Deadline;
}

export interface ReadOptions extends CallOptions {
  /** Default 0. */
  readonly offset?: number;
  /** Default up to the end. */
  readonly length?: number;
}

export interface WriteOptions extends CallOptions {
  /** Permission bits; default 0o644 for a new file, unchanged for an old one. */
  readonly mode?: number;
  /** Write there into what the file has; default replaces its content. */
  readonly offset?: number;
}

export interface WalkOptions extends CallOptions {
  /** Default 200,000. */
  readonly maxEntries?: number;
  /** Leave out what is mounted below; default false. */
  readonly sameFilesystem?: boolean;
  /** 1 lists a directory and no more; default no limit. */
  readonly maxDepth?: number;
}

export interface PowerOffWay {
  /** Who is asked: default systemd, which stops all units at once. */
  readonly by?: "systemd" | "logind";
}

const defaultTimeoutMs = 30_000;

/**
 * The typed requests to one session of the guest agent. Every method throws GuestError AGENT_REQUEST (details:
 * agentCode, errno) when the guest refuses, AGENT_LOST when the session ends, TimeoutError and AbortedError.
 */
export class AgentClient {
  readonly info: SessionInfo;
  readonly lost: Promise<GuestError>;
  readonly #session: AgentSession;
  readonly #clock: Clock;
  #offset: ClockOffset;

  constructor(session: AgentSession, clock: Clock, offset: ClockOffset) {
    this.info = session.info;
    this.lost = session.lost;
    this.#session = session;
    this.#clock = clock;
    this.#offset = offset;
  }

  get isLost(): boolean {
    return this.#session.isLost;
  }

  /** The best estimate so far; `sampleClock` improves it. */
  get clockOffset(): ClockOffset {
    return this.#offset;
  }

  /** Marks and other events of the guest; one listener. */
  onEvent(listener: (event: unknown) => void): void {
    this.#session.onEvent = listener;
  }

  /** One round trip. */
  async ping(options: CallOptions = {}): Promise<void> {
    await this.#request("ping", {}, options);
  }

  /** Compares the clocks `count` times and keeps the sample with the shortest round trip. */
  async sampleClock(count = 4, options: CallOptions = {}): Promise<ClockOffset> {
    for (let i = 0; i < count; i += 1) {
      const sentMs = this.#clock.nowMs();
      const sample = await this.#ask("clock", {}, clockSampleSchema, options);
      this.#offset = betterOffset(this.#offset, clockOffset(sample, sentMs, this.#clock.nowMs()));
    }
    return this.#offset;
  }

  /** The guest's own counts of the link. */
  async counters(options: CallOptions = {}): Promise<LinkCounters> {
    return await this.#ask("counters", {}, countersSchema, options);
  }

  /** Runs a program, without a shell, in a process group that ends with the request. */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const deadline = options.deadline ?? this.#defaultDeadline();
    return await execInGuest(this.#session, argv, { ...options, deadline });
  }

  /** Asks a server that the guest can reach, over HTTP/1.1; certificates are not looked at. */
  async http(url: string, options: HttpOptions = {}): Promise<HttpOutcome> {
    const deadline = options.deadline ?? this.#defaultDeadline();
    return await httpInGuest(this.#session, url, { ...options, deadline });
  }

  /** The content of a file, at most 16 MiB; more rejects: use `readFileTo`. */
  async readFile(path: string, options: ReadOptions = {}): Promise<Buffer> {
    const content = new BoundedBuffer(16 * MiB);
    await this.readFileTo(path, (chunk) => content.add(chunk), options);
    if (!content.isTruncated) return content.toBuffer();
    throw new GuestError("AGENT_REQUEST", `File ${path} in the guest is longer than 16 MiB`, {
      hint: "Read it in pieces with offset and length",
    });
  }

  /** Streams a file; the guest waits while `sink`'s promise is pending. Resolves to the number of bytes. */
  async readFileTo(
    path: string,
    sink: (chunk: Buffer) => void | Promise<void>,
    options: ReadOptions = {},
  ): Promise<number> {
    const { deadline, ...range } = options;
    const answer = await this.#ask("read-file", { path, ...range }, bytesSchema, {
      ...when(deadline),
      sink: (_stream, chunk) => sink(chunk),
    });
    return answer.bytes;
  }

  async writeFile(
    path: string,
    content: string | Uint8Array | AsyncIterable<Uint8Array>,
    options: WriteOptions = {},
  ): Promise<void> {
    const { deadline, ...params } = options;
    const input = typeof content === "string" ? Buffer.from(content) : content;
    await this.#request("write-file", { path, ...params }, { ...when(deadline), input });
  }

  /** Of a symbolic link, the link itself. */
  async stat(path: string, options: CallOptions = {}): Promise<FileEntry> {
    return await this.#ask("stat", { path }, fileEntrySchema, options);
  }

  /** Whether there is anything at `path`; a symbolic link counts, wherever it leads. */
  async exists(path: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.stat(path, options);
      return true;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "ENOENT" || errno === "ENOTDIR") return false;
      throw error;
    }
  }

  async sha256(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.#ask("hash", { path }, hashSchema, options)).sha256;
  }

  /** Makes a directory and those above it; one that is there is left as it is. */
  async makeDirectory(path: string, options: CallOptions = {}): Promise<void> {
    await this.#request("mkdir", { path }, options);
  }

  /** Takes away what is at `path`, with all that is below it; nothing there is no error. Refused for `/` and `/NAME`. */
  async remove(path: string, options: CallOptions = {}): Promise<void> {
    await this.#request("remove", { path }, options);
  }

  /** Waits until there is something at `path`, or with `isThere: false` nothing; false when the time is over. */
  async waitForPath(path: string, isThere: boolean, deadline: Deadline): Promise<boolean> {
    try {
      await this.#request("wait-path", { path, isThere }, { deadline });
      return true;
    } catch (error) {
      if (errorCodeOf(error) !== "TIMEOUT") throw error;
      return false;
    }
  }

  /** Every entry below `path`, itself included, without following links. */
  async walk(
    path: string,
    onEntry: (entry: FileEntry) => void,
    options: WalkOptions = {},
  ): Promise<WalkAnswer> {
    const { deadline, maxEntries = 200_000, sameFilesystem = false, maxDepth = 0 } = options;
    const params = { path, maxEntries, sameFilesystem, maxDepth };
    const lines = new EntryLines();
    return await this.#ask("walk", params, walkAnswerSchema, {
      ...when(deadline),
      sink: (_stream, chunk) => {
        for (const entry of lines.push(chunk)) onEntry(entry);
      },
    });
  }

  async mounts(options: CallOptions = {}): Promise<readonly Mount[]> {
    return await this.#ask("mounts", {}, mountsSchema, options);
  }

  /** Mounts a file system of the guest; the directory is made where it is not there. */
  async mount(
    mount: {
      readonly source: string;
      readonly target: string;
      readonly type: string;
      /** As of mount(8), as in `ro`; default none. */
      readonly options?: readonly string[];
    },
    options: CallOptions = {},
  ): Promise<void> {
    await this.#request("mount", { ...mount, options: mount.options ?? [] }, options);
  }

  /** Takes away the uppermost mount on `target`; one that is in use stays, with EBUSY. */
  async unmount(target: string, options: CallOptions = {}): Promise<void> {
    await this.#request("unmount", { target }, options);
  }

  async getSysctl(name: string, options: CallOptions = {}): Promise<string> {
    return (await this.#ask("sysctl-get", { name }, valueSchema, options)).value;
  }

  async setSysctl(name: string, value: string, options: CallOptions = {}): Promise<void> {
    await this.#request("sysctl-set", { name, value }, options);
  }

  async unit(name: string, options: CallOptions = {}): Promise<UnitState> {
    return await this.#ask("unit", { name }, unitStateSchema, options);
  }

  /** Waits until a unit is active; resolves early, with the reason, in a state that it will not leave by itself. */
  async waitForUnit(name: string, options: CallOptions = {}): Promise<UnitWait> {
    return await this.#ask("wait-unit", { name }, unitWaitSchema, options);
  }

  /** Like `waitForUnit`, where that it is not over in time is an answer too. */
  async waitForUnitUntil(
    name: string,
    deadline: Deadline,
  ): Promise<Pick<UnitWait, "isActive" | "reason">> {
    try {
      return await this.waitForUnit(name, { deadline });
    } catch (error) {
      if (errorCodeOf(error) !== "TIMEOUT") throw error;
      const seconds = (deadline.timeoutMs / 1000).toFixed(0);
      return { isActive: false, reason: `neither active nor given up within ${seconds} s` };
    }
  }

  /** How a service is run, as its unit files say. */
  async service(name: string, options: CallOptions = {}): Promise<ServiceFacts> {
    return await this.#ask("service", { name }, serviceFactsSchema, options);
  }

  /** Has systemd do something with a unit, and waits for the end of that; the job's result: `done`, `failed`, `timeout`, … */
  async controlUnit(
    name: string,
    action: "start" | "stop" | "restart" | "reload",
    options: CallOptions = {},
  ): Promise<string> {
    return (await this.#ask("unit-control", { name, action }, jobResultSchema, options)).result;
  }

  /** Has systemd read its unit files again. */
  async reloadUnits(options: CallOptions = {}): Promise<void> {
    await this.#request("unit-reload", {}, options);
  }

  async failedUnits(options: CallOptions = {}): Promise<readonly UnitState[]> {
    return await this.#ask("failed-units", {}, unitStatesSchema, options);
  }

  /** All units that systemd has loaded. */
  async units(options: CallOptions = {}): Promise<readonly UnitSummary[]> {
    return await this.#ask("units", {}, unitSummariesSchema, options);
  }

  async timeline(units: readonly string[], options: CallOptions = {}): Promise<BootTimeline> {
    return await this.#ask("timeline", { units }, bootTimelineSchema, options);
  }

  /** Runs a named probe; the caller's schema decides what to believe of its answer. */
  async probe<T>(
    name: string,
    input: unknown,
    schema: z.ZodType<T>,
    options: CallOptions = {},
  ): Promise<T> {
    return await this.#ask("probe", { name, input }, schema, options, `probe ${name}`);
  }

  /** Has the guest send a `mark` event with its clocks. */
  async mark(name: string, options: CallOptions = {}): Promise<void> {
    await this.#request("mark", { name }, options);
  }

  /** Has the guest send `bytes` zero bytes as fast as `sink` takes them. */
  async source(
    bytes: number,
    sink: (chunk: Buffer) => void | Promise<void>,
    options: CallOptions = {},
  ): Promise<void> {
    await this.#ask("source", { bytes }, bytesSchema, {
      ...options,
      sink: (_stream, chunk) => sink(chunk),
    });
  }

  /** An orderly reboot, or with `force` one after a sync alone. The next session is another boot's. */
  async reboot(options: CallOptions & { readonly force?: boolean } = {}): Promise<void> {
    await this.#leave("reboot", options);
  }

  /** Like `reboot`, to power-off; with `by: "logind"` as a power button does it: programs that delay it are given their time. */
  async powerOff(
    options: CallOptions & { readonly force?: boolean } & PowerOffWay = {},
  ): Promise<void> {
    await this.#leave("power-off", options);
  }

  /** A machine that goes may take its answer with it: then that it went is the answer. */
  async #leave(
    op: string,
    options: CallOptions & { readonly force?: boolean } & PowerOffWay,
  ): Promise<void> {
    const { force = false, by, deadline } = options;
    const params = { force, ...(by === "logind" ? { logind: true } : {}) };
    try {
      await this.#request(op, params, when(deadline));
    } catch (error) {
      if (errorCodeOf(error) !== "AGENT_LOST") throw error;
    }
  }

  async #request(
    op: string,
    params: Readonly<Record<string, unknown>>,
    options: Partial<RequestOptions>,
  ): Promise<unknown> {
    const deadline = options.deadline ?? this.#defaultDeadline();
    return await this.#session.request(op, params, { ...options, deadline });
  }

  async #ask<T>(
    op: string,
    params: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
    options: Partial<RequestOptions>,
    name = op,
  ): Promise<T> {
    return believe(await this.#request(op, params, options), schema, name);
  }

  #defaultDeadline(): Deadline {
    return deadlineAfter(defaultTimeoutMs, { clock: this.#clock });
  }
}

const when = (deadline: Deadline | undefined): CallOptions =>
  deadline === undefined ? {} : { deadline };
