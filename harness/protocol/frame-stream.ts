import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import { type LinkCounters, type MutableCounters, noCounts } from "./counters.ts";
import type { Frame, FrameDecoder } from "./frame.ts";
import { type Framing, type FramingTraits, framings } from "./framing.ts";

export interface FrameStreamEvents {
  readonly onFrame: (frame: Frame) => void;
  readonly onText: (text: Buffer) => void;
  readonly onDamaged: () => void;
  /** Bytes can be written again after `send` said false. */
  readonly onDrain: () => void;
  /** Called once, when the stream ended or broke. */
  readonly onClosed: (reason: string) => void;
}

/** Frames over a byte stream, whichever session they belong to. */
export class FrameStream implements Disposable {
  readonly traits: FramingTraits;
  readonly counters: MutableCounters = noCounts();
  readonly #stream: Duplex;
  readonly #events: FrameStreamEvents;
  readonly #clock: Clock;
  readonly #decoder: FrameDecoder;
  #cancelPartialTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(stream: Duplex, framing: Framing, clock: Clock, events: FrameStreamEvents) {
    this.traits = framings[framing];
    this.#stream = stream;
    this.#events = events;
    this.#clock = clock;
    this.#decoder = this.traits.decoder({
      onFrame: (frame) => {
        this.counters.framesReceived += 1;
        events.onFrame(frame);
      },
      onText: events.onText,
      onDamaged: () => {
        this.counters.damaged += 1;
        events.onDamaged();
      },
      onCut: (cuts) => {
        this.counters.consoleCuts += cuts;
      },
    });
    stream.on("data", this.#onData);
    stream.on("drain", events.onDrain);
    stream.on("error", (error: Error) => this.#close(error.message));
    stream.on("end", () => this.#close("the other end closed it"));
    stream.on("close", () => this.#close("it was closed"));
  }

  /** False when the stream's buffer is full: wait for `onDrain` before sending more. */
  send(frame: Frame): boolean {
    if (this.#isClosed || !this.#stream.writable) return true;
    this.counters.framesSent += 1;
    this.#stream.cork();
    for (const piece of this.traits.encode(frame)) {
      this.counters.bytesSent += piece.length;
      this.#stream.write(piece);
    }
    this.#stream.uncork();
    return !this.#stream.writableNeedDrain;
  }

  snapshot(): LinkCounters {
    return { ...this.counters };
  }

  [Symbol.dispose](): void {
    this.#close("this side closed it");
    this.#stream.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.counters.bytesReceived += chunk.length;
    this.#decoder.push(chunk);
    if (!this.#decoder.isPartial) this.#stopPartialTimer();
    else if (this.#cancelPartialTimer === undefined) this.#startPartialTimer();
  };

  /** A frame that came in meanwhile proves that the unfinished one is younger than the timer; a slow line takes longer. */
  #startPartialTimer(): void {
    const framesBefore = this.counters.framesReceived;
    const progressBefore = this.#decoder.progress;
    this.#cancelPartialTimer = this.#clock.after(this.traits.partialTimeoutMs, () => {
      this.#cancelPartialTimer = undefined;
      if (!this.#decoder.isPartial) return;
      const isStuck =
        this.counters.framesReceived === framesBefore && this.#decoder.progress === progressBefore;
      if (isStuck) this.#decoder.abandonPartial();
      else this.#startPartialTimer();
    });
  }

  #stopPartialTimer(): void {
    this.#cancelPartialTimer?.();
    this.#cancelPartialTimer = undefined;
  }

  #close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopPartialTimer();
    this.#decoder.abandonPartial();
    this.#events.onClosed(reason);
  }
}
