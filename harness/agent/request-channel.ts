import {
  type CreditPayload,
  type DataPayload,
  dataHeaderBytes,
  encodeData,
  type StreamNumber,
  streams,
} from "../protocol/data-payload.ts";

/** Bytes of a request's stream as they come; the guest is slowed down until a returned promise resolves. */
export type DataSink = (stream: StreamNumber, chunk: Buffer) => void | Promise<void>;

export interface ChannelOptions {
  readonly id: number;
  readonly streamWindowBytes: number;
  readonly maxPayloadBytes: number;
  readonly sink: DataSink;
  readonly sendData: (payload: Buffer) => Promise<void>;
  readonly sendCredit: (credit: CreditPayload) => void;
}

/** One request under way: its result, its incoming streams with their credit, and its outgoing stream. */
export class RequestChannel {
  readonly result: Promise<unknown>;
  readonly #options: ChannelOptions;
  readonly #settled = Promise.withResolvers<unknown>();
  readonly #incoming: Record<StreamNumber, IncomingStream>;
  #inputCredit: number;
  #wakeInput: () => void = () => {};
  #isOver = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.result = this.#settled.promise;
    this.#inputCredit = options.streamWindowBytes;
    const incoming = (stream: StreamNumber): IncomingStream =>
      new IncomingStream(options.streamWindowBytes, (chunk) => options.sink(stream, chunk), {
        grant: (bytes) => {
          if (!this.#isOver) options.sendCredit({ request: options.id, stream, bytes });
        },
        fail: (error) => this.fail(error),
      });
    this.#incoming = { 0: incoming(0), 1: incoming(1), 2: incoming(2) };
  }

  /** False when the guest sent more than it was allowed to. */
  receive(data: DataPayload): boolean {
    return this.#isOver || this.#incoming[data.stream].receive(data.bytes);
  }

  addCredit(credit: CreditPayload): void {
    if (credit.stream !== streams.input) return;
    this.#inputCredit += credit.bytes;
    this.#wakeInput();
  }

  /** The guest has answered: the result is there when the sink has taken all data that came before. */
  finish(settle: () => unknown): void {
    this.#isOver = true;
    this.#wakeInput();
    Promise.all([this.#incoming[streams.output].drained, this.#incoming[streams.errors].drained])
      .then(() => this.#settled.resolve(settle()))
      .catch((error: unknown) => this.#settled.reject(error));
  }

  fail(error: unknown): void {
    this.#isOver = true;
    this.#wakeInput();
    this.#settled.reject(error);
  }

  /** Sends the input to its end, or until the request is over. */
  async sendInput(input: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const pieces = input instanceof Uint8Array ? [input] : input;
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let at = 0; at < bytes.length; ) {
        const length = await this.#takeInputCredit(bytes.length - at);
        if (this.#isOver) return;
        await this.#options.sendData(this.#inputData(bytes.subarray(at, at + length), false));
        at += length;
      }
    }
    if (!this.#isOver) await this.#options.sendData(this.#inputData(Buffer.alloc(0), true));
  }

  #inputData(bytes: Buffer, isEnd: boolean): Buffer {
    return encodeData({ request: this.#options.id, stream: streams.input, isEnd, bytes });
  }

  async #takeInputCredit(wanted: number): Promise<number> {
    while (this.#inputCredit <= 0 && !this.#isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakeInput = resolve;
      await promise;
    }
    const largest = Math.min(this.#options.maxPayloadBytes - dataHeaderBytes, maxPieceBytes);
    const taken = Math.min(wanted, this.#inputCredit, largest);
    this.#inputCredit -= taken;
    return taken;
  }
}

/** Pieces of input leave room in the window for other requests. */
const maxPieceBytes = 262_144;

interface IncomingEvents {
  readonly grant: (bytes: number) => void;
  readonly fail: (error: unknown) => void;
}

/** Hands chunks to the sink one after another and gives credit back for what the sink has taken. */
class IncomingStream {
  drained: Promise<void> = Promise.resolve();
  readonly #windowBytes: number;
  readonly #sink: (chunk: Buffer) => void | Promise<void>;
  readonly #events: IncomingEvents;
  #allowance: number;
  #consumed = 0;
  #waiting = 0;

  constructor(
    windowBytes: number,
    sink: (chunk: Buffer) => void | Promise<void>,
    events: IncomingEvents,
  ) {
    this.#windowBytes = windowBytes;
    this.#allowance = windowBytes;
    this.#sink = sink;
    this.#events = events;
  }

  receive(chunk: Buffer): boolean {
    this.#allowance -= chunk.length;
    if (this.#allowance < 0) return false;
    if (this.#waiting === 0) this.#takeNow(chunk);
    else this.#takeAfter(this.drained, chunk);
    return true;
  }

  /** A sink that works at once costs no promise per chunk. */
  #takeNow(chunk: Buffer): void {
    try {
      const taking = this.#sink(chunk);
      if (taking === undefined) this.#consume(chunk.length);
      else this.#wait(taking, chunk.length);
    } catch (error) {
      this.#events.fail(error);
    }
  }

  #takeAfter(before: Promise<void>, chunk: Buffer): void {
    this.#wait(
      before.then(async () => this.#sink(chunk)),
      chunk.length,
    );
  }

  #wait(taking: Promise<void>, bytes: number): void {
    this.#waiting += 1;
    this.drained = taking.then(() => {
      this.#waiting -= 1;
      this.#consume(bytes);
    });
    this.drained.catch((error: unknown) => this.#events.fail(error));
  }

  #consume(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed < this.#windowBytes / 2) return;
    this.#allowance += this.#consumed;
    this.#events.grant(this.#consumed);
    this.#consumed = 0;
  }
}
