import { z } from "zod";
import { type Deadline, deadlineAfter, withDeadline } from "../core/deadline.ts";
import { GuestError, TimeoutError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { encodeCredit, parseCredit, parseData } from "../protocol/data-payload.ts";
import { type FrameType, frameTypes } from "../protocol/frame.ts";
import type { FramingTraits } from "../protocol/framing.ts";
import type { Link } from "../protocol/link.ts";
import { type DataSink, RequestChannel } from "./request-channel.ts";
import { parseJson, type SessionInfo } from "./session-info.ts";

export interface RequestOptions {
  readonly deadline: Deadline;
  /** Stream to the guest: stdin, the content of a file. */
  readonly input?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Takes the streams from the guest; default drops them. */
  readonly sink?: DataSink;
}

const responseSchema = z.object({
  id: z.number(),
  result: z.unknown(),
  error: z
    .object({ code: z.string(), message: z.string(), errno: z.string().optional() })
    .optional(),
});

type AgentFailure = NonNullable<z.infer<typeof responseSchema>["error"]>;

/** The guest ends a late request itself and says how far it got; only when that answer does not come, the host does. */
const answerGraceMs = 2000;

/** The requests of one session. Any number may be under way; the guest takes 64 at a time. */
export class AgentSession {
  readonly info: SessionInfo;
  /** Resolves, with the reason, when the session is over. */
  readonly lost: Promise<GuestError>;
  onEvent: (event: unknown) => void = () => {};
  readonly #link: Link;
  readonly #traits: FramingTraits;
  readonly #channels = new Map<number, RequestChannel>();
  readonly #ended = Promise.withResolvers<GuestError>();
  #lostBy: GuestError | undefined;
  #lastId = 0;

  constructor(info: SessionInfo, link: Link, traits: FramingTraits) {
    this.info = info;
    this.#link = link;
    this.#traits = traits;
    this.lost = this.#ended.promise;
  }

  get isLost(): boolean {
    return this.#lostBy !== undefined;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws {GuestError} AGENT_REQUEST with the agent's code and errno in `details`; AGENT_LOST when the session ends.
   * @throws {TimeoutError} when the deadline passes, here or in the guest; {AbortedError} when its signal fires.
   */
  async request(
    op: string,
    params: Readonly<Record<string, unknown>>,
    options: RequestOptions,
  ): Promise<unknown> {
    if (this.#lostBy !== undefined) throw this.#lostBy;
    this.#lastId += 1;
    const id = this.#lastId;
    const { deadline } = options;
    const channel = this.#open(id, options.sink ?? (() => {}));
    const deadlineMs = deadline.remainingMs();
    const late = deadlineAfter(deadlineMs + answerGraceMs, {
      signal: deadline.signal,
      clock: deadline.clock,
    });
    try {
      const answered = this.#exchange(channel, { id, op, deadlineMs, params }, options.input);
      return await withDeadline(answered, late, `Answer to agent request ${describe(op, params)}`);
    } catch (error) {
      if (this.#channels.has(id))
        this.#send(frameTypes.cancel, Buffer.from(JSON.stringify({ id })));
      throw error;
    } finally {
      this.#channels.delete(id);
    }
  }

  receive(type: FrameType, payload: Buffer): void {
    if (type === frameTypes.response) this.#receiveResponse(payload);
    else if (type === frameTypes.data) this.#receiveData(payload);
    else if (type === frameTypes.credit) this.#receiveCredit(payload);
    else if (type === frameTypes.event) this.#receiveEvent(payload);
    else this.lose(`it sent a frame of type ${type}, which only the host sends`, "PROTOCOL");
  }

  /** Ends the session: all requests reject. */
  lose(reason: string, code: "AGENT_LOST" | "PROTOCOL" = "AGENT_LOST"): void {
    if (this.#lostBy !== undefined) return;
    const error = new GuestError(code, `The guest agent's session is over: ${reason}`, {
      hint: "Look at the console: the guest may have rebooted, crashed, or stopped the agent",
      details: { session: this.info.session, bootId: this.info.bootId },
    });
    this.#lostBy = error;
    this.#link.close(error);
    for (const channel of this.#channels.values()) channel.fail(error);
    this.#channels.clear();
    this.#ended.resolve(error);
  }

  #open(id: number, sink: DataSink): RequestChannel {
    const channel = new RequestChannel({
      id,
      streamWindowBytes: this.#traits.streamWindowBytes,
      maxPayloadBytes: this.#traits.maxPayloadBytes,
      sink,
      sendData: async (payload) => this.#link.send(frameTypes.data, payload),
      sendCredit: (credit) => this.#send(frameTypes.credit, encodeCredit(credit)),
    });
    this.#channels.set(id, channel);
    return channel;
  }

  async #exchange(
    channel: RequestChannel,
    request: {
      readonly id: number;
      readonly op: string;
      readonly deadlineMs: number;
      readonly params: Readonly<Record<string, unknown>>;
    },
    input: RequestOptions["input"],
  ): Promise<unknown> {
    const payload = Buffer.from(JSON.stringify(request));
    const sent = this.#link.send(frameTypes.request, payload);
    const sending = sent.then(() => (input === undefined ? undefined : channel.sendInput(input)));
    sending.catch((error: unknown) => channel.fail(error));
    return channel.result;
  }

  /** For messages that nobody waits for; a link that is closed drops them. */
  #send(type: FrameType, payload: Buffer): void {
    this.#link.send(type, payload).catch(() => {});
  }

  #receiveResponse(payload: Buffer): void {
    const response = parseJson(payload, responseSchema);
    if (response === undefined) {
      this.lose("it sent an answer that is no answer", "PROTOCOL");
      return;
    }
    const channel = this.#channels.get(response.id);
    this.#channels.delete(response.id);
    channel?.finish(() => {
      if (response.error !== undefined) throw errorOf(response.error);
      return response.result;
    });
  }

  #receiveData(payload: Buffer): void {
    const data = parseData(payload);
    const isAllowed =
      data !== undefined && (this.#channels.get(data.request)?.receive(data) ?? true);
    if (!isAllowed) this.lose("it sent more data than it was allowed to", "PROTOCOL");
  }

  #receiveCredit(payload: Buffer): void {
    const credit = parseCredit(payload);
    if (credit !== undefined) this.#channels.get(credit.request)?.addCredit(credit);
  }

  #receiveEvent(payload: Buffer): void {
    const event = parseJson(payload, z.unknown());
    if (event !== undefined) this.onEvent(event);
  }
}

const errorOf = (failure: AgentFailure): Error => {
  const message = `The guest agent says: ${printable(failure.message)}`;
  const details = { agentCode: failure.code, errno: failure.errno };
  return failure.code === "deadline"
    ? new TimeoutError(message, { details })
    : new GuestError("AGENT_REQUEST", message, { details });
};

const describe = (op: string, params: Readonly<Record<string, unknown>>): string =>
  printable(`${op} ${JSON.stringify(params)}`, 200);
