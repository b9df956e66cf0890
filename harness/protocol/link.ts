import type { Clock } from "../core/clock.ts";
import type { MutableCounters } from "./counters.ts";
import { type Frame, type FrameType, frameTypes, isSequenced } from "./frame.ts";
import { type FramingTraits, maxMessageBytes } from "./framing.ts";
import { SendWindow } from "./send-window.ts";

/** On a loaded host an emulated UART takes 0.8 s for a full window (measured); real damage is asked for by a nak. */
const firstResendMs = 3000;
const maxResendMs = 12_000;
const ackDelayMs = 100;
const nakAgainMs = 300;
const maxFragments = 4096;

export interface LinkOptions {
  readonly session: number;
  readonly isHost: boolean;
  readonly traits: FramingTraits;
  readonly clock: Clock;
  readonly counters: MutableCounters;
  /** False when the transport is full; then `resume` must be called when it has room. */
  readonly transmit: (frame: Frame) => boolean;
  /** Each message once, in order. */
  readonly onMessage: (type: FrameType, payload: Buffer) => void;
  /** The other side broke a rule of the protocol: the session cannot go on. */
  readonly onBroken: (reason: string) => void;
}

/** One session's sequenced messages, both ways: acks, gaps, resends, duplicates and the window. */
export class Link implements Disposable {
  readonly #options: LinkOptions;
  readonly #window: SendWindow;
  #canTransmit = true;
  #isClosed = false;
  #lastReceived = 0;
  #bytesSinceAck = 0;
  #framesSinceAck = 0;
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #nakedAt: { readonly after: number; readonly ms: number } | undefined;
  #resendMs = firstResendMs;
  #cancelResend: (() => void) | undefined;
  #cancelAck: (() => void) | undefined;
  #cancelNak: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#window = new SendWindow(options.traits.windowBytes, options.traits.maxPayloadBytes);
  }

  /** Resolves when the message is in the window: await it, and a slow receiver slows the sender. */
  async send(type: FrameType, payload: Buffer): Promise<void> {
    if (this.#isClosed) return;
    const admitted = this.#window.add(type, payload);
    this.#pump();
    await admitted;
  }

  receive(frame: Frame): void {
    if (this.#isClosed) return;
    const freed = this.#window.acknowledge(frame.ack);
    if (freed === undefined) {
      this.#options.onBroken(`frame ${frame.ack} was acknowledged but never sent`);
      return;
    }
    if (freed) this.#restartResendTimer();
    if (frame.type === frameTypes.nak) this.#window.rewind();
    if (isSequenced(frame.type)) this.#receiveSequenced(frame);
    this.#pump();
  }

  /** The transport has room again. */
  resume(): void {
    this.#canTransmit = true;
    this.#pump();
  }

  /** Something on the stream was damaged: ask at once, the resend timer of the other side is slow. */
  reportDamage(): void {
    if (!this.#isClosed) this.#sendNak();
  }

  [Symbol.dispose](): void {
    this.close(new Error("The link is closed"));
  }

  /** Senders that wait for room get `error`. */
  close(error: Error): void {
    this.#isClosed = true;
    this.#cancelResend?.();
    this.#cancelAck?.();
    this.#cancelNak?.();
    this.#window.close(error);
  }

  #receiveSequenced(frame: Frame): void {
    if (frame.seq <= this.#lastReceived) {
      this.#options.counters.duplicates += 1;
      this.#scheduleAck();
      return;
    }
    if (frame.seq > this.#lastReceived + 1) {
      this.#sendNak();
      return;
    }
    this.#lastReceived = frame.seq;
    this.#nakedAt = undefined;
    this.#bytesSinceAck += frame.payload.length;
    this.#framesSinceAck += 1;
    this.#deliver(frame);
    if (this.#isClosed) return;
    const isDue =
      this.#bytesSinceAck >= this.#options.traits.ackEveryBytes || this.#framesSinceAck >= 1024;
    if (isDue) this.#sendBare(frameTypes.ack);
    else this.#scheduleAck();
  }

  #deliver(frame: Frame): void {
    if (!frame.hasMore && this.#fragments.length === 0) {
      this.#options.onMessage(frame.type, frame.payload);
      return;
    }
    this.#fragmentBytes += frame.payload.length;
    if (this.#fragmentBytes > maxMessageBytes || this.#fragments.length > maxFragments) {
      this.#options.onBroken(`a message is longer than ${maxMessageBytes} bytes`);
      return;
    }
    this.#fragments.push(frame.payload);
    if (frame.hasMore) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#fragmentBytes = 0;
    this.#options.onMessage(frame.type, message);
  }

  #pump(): void {
    while (this.#canTransmit && !this.#isClosed) {
      const next = this.#window.next();
      if (next === undefined) break;
      if (next.isAgain) this.#options.counters.resent += 1;
      this.#transmit(next.frame);
    }
    if (!this.#window.isEmpty && this.#cancelResend === undefined) this.#restartResendTimer();
  }

  #sendBare(type: FrameType): void {
    this.#transmit({ seq: 0, type, hasMore: false, payload: Buffer.alloc(0) });
  }

  /** Each frame behind a gap asks for a nak: one is enough, and another when what was asked for was damaged again. */
  #sendNak(): void {
    const ms = this.#options.clock.nowMs();
    const last = this.#nakedAt;
    const waitMs = last?.after === this.#lastReceived ? last.ms + nakAgainMs - ms : 0;
    if (waitMs > 0) {
      this.#cancelNak ??= this.#options.clock.after(waitMs, () => {
        this.#cancelNak = undefined;
        if (this.#nakedAt !== undefined) this.#sendNak();
      });
      return;
    }
    this.#nakedAt = { after: this.#lastReceived, ms };
    this.#sendBare(frameTypes.nak);
  }

  #transmit(frame: Pick<Frame, "seq" | "type" | "hasMore" | "payload">): void {
    this.#bytesSinceAck = 0;
    this.#framesSinceAck = 0;
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    const { session, isHost, transmit } = this.#options;
    const hasRoom = transmit({ ...frame, session, ack: this.#lastReceived, isFromHost: isHost });
    if (!hasRoom) this.#canTransmit = false;
  }

  #scheduleAck(): void {
    if (!this.#options.traits.isLossy || this.#cancelAck !== undefined) return;
    this.#cancelAck = this.#options.clock.after(ackDelayMs, () => {
      this.#cancelAck = undefined;
      this.#sendBare(frameTypes.ack);
    });
  }

  /** After progress the wait is short again; after a resend twice as long as before. */
  #restartResendTimer(nextMs = firstResendMs): void {
    this.#cancelResend?.();
    this.#cancelResend = undefined;
    this.#resendMs = nextMs;
    if (!this.#options.traits.isLossy || this.#window.isEmpty || this.#isClosed) return;
    this.#cancelResend = this.#options.clock.after(this.#resendMs, () => {
      this.#cancelResend = undefined;
      this.#restartResendTimer(Math.min(this.#resendMs * 2, maxResendMs));
      this.#window.rewind();
      this.#pump();
    });
  }
}
