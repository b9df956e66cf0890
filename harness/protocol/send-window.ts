import type { FrameType } from "./frame.ts";

/** A sequenced frame that the other side has not acknowledged yet. */
export interface UnackedFrame {
  readonly seq: number;
  readonly type: FrameType;
  readonly hasMore: boolean;
  readonly payload: Buffer;
}

interface WaitingMessage {
  readonly type: FrameType;
  readonly payload: Buffer;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * What was sent and may have to be sent again (go-back-N), bounded by the window; a message that does not fit waits.
 * Go-back-N and no selective resend: on the UART sixteen frames fill the window, elsewhere nothing gets lost.
 */
export class SendWindow {
  readonly #windowBytes: number;
  readonly #maxPayloadBytes: number;
  readonly #waiting: WaitingMessage[] = [];
  #unacked: UnackedFrame[] = [];
  #unackedBytes = 0;
  #lastSeq = 0;
  /** Index in `#unacked` of the frame to be transmitted next. */
  #cursor = 0;
  /** Frames below this sequence number have been transmitted at least once. */
  #nextNewSeq = 1;

  constructor(windowBytes: number, maxPayloadBytes: number) {
    this.#windowBytes = windowBytes;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  get isEmpty(): boolean {
    return this.#unacked.length === 0;
  }

  /** Resolves when the message has its place in the window. */
  async add(type: FrameType, payload: Buffer): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ type, payload, done });
    this.#admit();
    await done.promise;
  }

  /** The next frame to transmit, or undefined when all have been. */
  next(): { readonly frame: UnackedFrame; readonly isAgain: boolean } | undefined {
    const frame = this.#unacked[this.#cursor];
    if (frame === undefined) return undefined;
    this.#cursor += 1;
    const isAgain = frame.seq < this.#nextNewSeq;
    if (!isAgain) this.#nextNewSeq = frame.seq + 1;
    return { frame, isAgain };
  }

  /** Starts over with the oldest frame that is not acknowledged. */
  rewind(): void {
    this.#cursor = 0;
  }

  /** True when the ack frees frames; undefined when it is for a frame that was never sent. */
  acknowledge(ack: number): boolean | undefined {
    if (ack >= this.#nextNewSeq) return undefined;
    let count = 0;
    for (const frame of this.#unacked) {
      if (frame.seq > ack) break;
      this.#unackedBytes -= frame.payload.length;
      count += 1;
    }
    if (count === 0) return false;
    this.#unacked = this.#unacked.slice(count);
    this.#cursor = Math.max(0, this.#cursor - count);
    this.#admit();
    return true;
  }

  close(error: Error): void {
    for (const { done } of this.#waiting.splice(0)) done.reject(error);
    this.#unacked = [];
    this.#unackedBytes = 0;
  }

  #admit(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const fits = this.#unackedBytes + first.payload.length <= this.#windowBytes;
      if (!fits && this.#unacked.length > 0) return;
      this.#waiting.shift();
      this.#split(first);
      first.done.resolve();
    }
  }

  #split({ type, payload }: WaitingMessage): void {
    let at = 0;
    do {
      const end = Math.min(at + this.#maxPayloadBytes, payload.length);
      this.#lastSeq += 1;
      this.#unacked.push({
        seq: this.#lastSeq,
        type,
        hasMore: end < payload.length,
        payload: payload.subarray(at, end),
      });
      this.#unackedBytes += end - at;
      at = end;
    } while (at < payload.length);
  }
}
