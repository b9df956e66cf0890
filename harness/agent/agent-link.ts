import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { type Clock, hostClock } from "../core/clock.ts";
import { type Deadline, withDeadline } from "../core/deadline.ts";
import { GuestError } from "../core/errors.ts";
import type { LinkCounters } from "../protocol/counters.ts";
import { type Frame, frameTypes } from "../protocol/frame.ts";
import { FrameStream } from "../protocol/frame-stream.ts";
import type { Framing } from "../protocol/framing.ts";
import { Link } from "../protocol/link.ts";
import { AgentClient } from "./agent-client.ts";
import { AgentSession } from "./agent-session.ts";
import { clockOffset } from "./clock-offset.ts";
import { parseJson, readySchema, welcomeSchema } from "./session-info.ts";

export interface AgentLinkOptions {
  readonly framing: Framing;
  /** What is on a shared console besides frames, unchanged and in order. Only with line framing. */
  readonly onConsoleText?: (text: Buffer) => void;
  /** Speak first: the agent of a kept machine waits for its earlier host. Never do it while a machine may still boot: a UART hands the bytes to the boot loader. */
  readonly resume?: boolean;
  readonly clock?: Clock;
}

const helloAgainMs = 1000;

/** A session that is being agreed on, or has been. */
interface Candidate {
  readonly id: number;
  readonly nonce: string;
  readonly link: Link;
  sentMs: number | undefined;
  session: AgentSession | undefined;
}

/** Owns the byte stream to a guest and yields the agent's sessions, one per start of the agent. */
export class AgentLink implements AsyncDisposable {
  readonly #stream: FrameStream;
  readonly #clock: Clock;
  #candidate: Candidate | undefined;
  #client: AgentClient | undefined;
  #cancelHello: (() => void) | undefined;
  #closedBy: GuestError | undefined;
  #lastSeen = "no announcement of the agent";
  #changed = Promise.withResolvers<void>();

  constructor(stream: Duplex, options: AgentLinkOptions) {
    this.#clock = options.clock ?? hostClock;
    this.#stream = new FrameStream(stream, options.framing, this.#clock, {
      onFrame: (frame) => this.#receive(frame),
      onText: options.onConsoleText ?? (() => {}),
      onDamaged: () =>
        this.#candidate?.session !== undefined && this.#candidate.link.reportDamage(),
      onDrain: () => this.#candidate?.link.resume(),
      onClosed: (reason) => this.#close(reason),
    });
    if (options.resume === true) this.#greetUnknown(randomNonce());
  }

  /**
   * The agent's present session, or the next one; with `after`, one that is not `after`'s (wait for a reboot so).
   * @throws {TimeoutError} when no agent has said hello by then; {GuestError} AGENT_LOST when the stream is closed.
   */
  async waitForSession(deadline: Deadline, after?: AgentClient): Promise<AgentClient> {
    return await withDeadline(
      this.#nextSession(after),
      deadline,
      "Hello of the guest agent",
      () => this.#lastSeen,
    );
  }

  counters(): LinkCounters {
    return this.#stream.snapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close("this side closed it");
    this.#stream[Symbol.dispose]();
  }

  async #nextSession(after: AgentClient | undefined): Promise<AgentClient> {
    for (;;) {
      const client = this.#client;
      if (client !== undefined && client !== after && !client.isLost) return client;
      if (this.#closedBy !== undefined) throw this.#closedBy;
      await this.#changed.promise;
    }
  }

  #receive(frame: Frame): void {
    const candidate = this.#candidate;
    if (frame.isFromHost) this.#stream.counters.foreignSession += 1;
    else if (frame.type === frameTypes.ready) this.#receiveReady(frame);
    else if (candidate === undefined || frame.session !== candidate.id)
      this.#stream.counters.foreignSession += 1;
    else if (frame.type === frameTypes.welcome) this.#receiveWelcome(candidate, frame);
    else if (candidate.session !== undefined) candidate.link.receive(frame);
  }

  #receiveReady(frame: Frame): void {
    const ready = parseJson(frame.payload, readySchema);
    if (ready === undefined || frame.session === 0) {
      this.#stream.counters.foreignSession += 1;
      return;
    }
    this.#lastSeen = `the agent's announcement of session ${frame.session.toString(16)}`;
    if (this.#candidate?.id !== frame.session) {
      this.#drop("the agent started anew");
      this.#candidate = this.#newCandidate(frame.session);
    }
    if (this.#candidate?.session === undefined) this.#sayHello();
  }

  #newCandidate(id: number): Candidate {
    const link = new Link({
      session: id,
      isHost: true,
      traits: this.#stream.traits,
      clock: this.#clock,
      counters: this.#stream.counters,
      transmit: (frame) => this.#stream.send(frame),
      onMessage: (type, payload) => this.#candidate?.session?.receive(type, payload),
      onBroken: (reason) => this.#candidate?.session?.lose(reason, "PROTOCOL"),
    });
    return { id, nonce: randomNonce(), link, sentMs: undefined, session: undefined };
  }

  /** Repeated until the welcome comes: either may be lost on a UART. */
  #sayHello(): void {
    const candidate = this.#candidate;
    if (candidate === undefined || candidate.session !== undefined) return;
    // The first one counts: which of several the welcome answers is not known.
    candidate.sentMs ??= this.#clock.nowMs();
    this.#send(candidate.id, candidate.nonce);
    this.#helloLater(() => this.#sayHello());
  }

  #greetUnknown(nonce: string): void {
    if (this.#candidate !== undefined) return;
    this.#send(0, nonce);
    this.#helloLater(() => this.#greetUnknown(nonce));
  }

  #helloLater(callback: () => void): void {
    this.#cancelHello?.();
    this.#cancelHello = this.#clock.after(helloAgainMs, callback);
  }

  #send(session: number, nonce: string): void {
    this.#stream.send({
      session,
      seq: 0,
      ack: 0,
      type: frameTypes.hello,
      isFromHost: true,
      hasMore: false,
      payload: Buffer.from(JSON.stringify({ nonce })),
    });
  }

  #receiveWelcome(candidate: Candidate, frame: Frame): void {
    const welcome = parseJson(frame.payload, welcomeSchema);
    if (candidate.session !== undefined) return;
    if (welcome === undefined || welcome.nonce !== candidate.nonce) {
      this.#stream.counters.foreignSession += 1;
      return;
    }
    this.#cancelHello?.();
    const info = { session: candidate.id, ...welcome };
    candidate.session = new AgentSession(info, candidate.link, this.#stream.traits);
    const nowMs = this.#clock.nowMs();
    const offset = clockOffset(welcome.clock, candidate.sentMs ?? nowMs, nowMs);
    this.#client = new AgentClient(candidate.session, this.#clock, offset);
    this.#announce();
  }

  #drop(reason: string): void {
    this.#cancelHello?.();
    this.#candidate?.link[Symbol.dispose]();
    this.#candidate?.session?.lose(reason);
    this.#candidate = undefined;
  }

  #close(reason: string): void {
    if (this.#closedBy !== undefined) return;
    this.#closedBy = new GuestError("AGENT_LOST", `The stream to the guest is closed: ${reason}`);
    this.#drop(`the stream to the guest is closed: ${reason}`);
    this.#announce();
  }

  #announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const randomNonce = (): string => randomBytes(12).toString("hex");
