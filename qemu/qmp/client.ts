import { connect, type Socket } from "node:net";
import { type Deadline, withDeadline } from "../../harness/core/deadline.ts";
import { QemuError } from "../../harness/core/errors.ts";
import { printable } from "../../harness/core/printable.ts";
import { encodeLine, LineDecoder, type QmpObject } from "./codec.ts";
import { classify, type QmpEvent, type QmpMessage } from "./message.ts";

export interface QmpOptions {
  /** For the connection, the greeting and the capabilities negotiation together. */
  readonly deadline: Deadline;
  /** Every event, in order, from the first on. */
  readonly onEvent?: (event: QmpEvent) => void;
  /** Every message both ways, for the record. */
  readonly onMessage?: (direction: "sent" | "received", message: QmpObject) => void;
}

export interface QmpClient extends AsyncDisposable {
  /** The greeting's `version` object. */
  readonly version: QmpObject;
  /**
   * Runs one command and gives its `return` value.
   * @throws {QemuError} QMP when QEMU refuses it, QMP_CLOSED when the connection ends first; {TimeoutError}.
   */
  execute(command: string, args: QmpObject | undefined, deadline: Deadline): Promise<unknown>;
  /**
   * The next event of that name (for which `matches` holds); start waiting before causing it, past events do not count.
   * @throws {QemuError} QMP_CLOSED when the connection ends first; {TimeoutError}.
   */
  waitForEvent(
    name: string,
    deadline: Deadline,
    matches?: (event: QmpEvent) => boolean,
  ): Promise<QmpEvent>;
  /** Resolves, never rejects, when the connection has ended: with the fault, or undefined after a plain end. */
  readonly closed: Promise<Error | undefined>;
}

/**
 * Connects to a QMP socket, waits for the greeting and leaves negotiation mode.
 * @throws {QemuError} QMP_CLOSED (with the socket's error as cause when nobody listens) or QMP; {TimeoutError}.
 */
export const connectQmp = async (socketPath: string, options: QmpOptions): Promise<QmpClient> => {
  const socket = connect(socketPath);
  const connection = new QmpConnection(socket, options);
  try {
    await withDeadline(connection.greeted, options.deadline, `QMP greeting on ${socketPath}`);
    await connection.execute("qmp_capabilities", undefined, options.deadline);
    return connection;
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  }
};

interface Pending {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Waiter {
  readonly matches: (event: QmpEvent) => boolean;
  readonly resolve: (event: QmpEvent) => void;
  readonly reject: (error: Error) => void;
}

class QmpConnection implements QmpClient {
  readonly greeted: Promise<void>;
  readonly closed: Promise<Error | undefined>;
  version: QmpObject = {};
  readonly #socket: Socket;
  readonly #options: QmpOptions;
  readonly #decoder = new LineDecoder();
  readonly #greeting = Promise.withResolvers<void>();
  readonly #closing = Promise.withResolvers<Error | undefined>();
  // A command that timed out stays here, so that its late answer is known and dropped.
  readonly #pending = new Map<number, Pending>();
  readonly #waiters = new Set<Waiter>();
  #nextId = 1;
  #ended: { readonly fault: Error | undefined } | undefined;

  constructor(socket: Socket, options: QmpOptions) {
    this.#socket = socket;
    this.#options = options;
    this.greeted = this.#greeting.promise;
    this.closed = this.#closing.promise;
    // Both may reject while nobody waits; whoever waits gets the error all the same.
    this.greeted.catch(() => undefined);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(undefined));
  }

  async execute(
    command: string,
    args: QmpObject | undefined,
    deadline: Deadline,
  ): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#closedError(`before ${command}`);
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    promise.catch(() => undefined);
    this.#pending.set(id, { command, resolve, reject });
    const message = { execute: command, id, ...(args === undefined ? {} : { arguments: args }) };
    this.#options.onMessage?.("sent", message);
    this.#socket.write(encodeLine(message));
    return await withDeadline(promise, deadline, `QMP answer to ${command}`);
  }

  async waitForEvent(
    name: string,
    deadline: Deadline,
    matches: (event: QmpEvent) => boolean = () => true,
  ): Promise<QmpEvent> {
    if (this.#ended !== undefined) throw this.#closedError(`before event ${name}`);
    const { promise, resolve, reject } = Promise.withResolvers<QmpEvent>();
    const waiter: Waiter = {
      matches: (event) => event.name === name && matches(event),
      resolve,
      reject,
    };
    this.#waiters.add(waiter);
    try {
      return await withDeadline(promise, deadline, `QMP event ${name}`);
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#decoder.push(chunk)) {
        this.#options.onMessage?.("received", message);
        this.#handle(classify(message), message);
      }
    } catch (error) {
      this.#socket.destroy();
      this.#end(error instanceof Error ? error : new QemuError("QMP", String(error)));
    }
  }

  #handle(message: QmpMessage, raw: QmpObject): void {
    switch (message.kind) {
      case "greeting":
        this.version = message.version;
        this.#greeting.resolve();
        return;
      case "event":
        this.#options.onEvent?.(message.event);
        for (const waiter of this.#waiters) {
          if (waiter.matches(message.event)) waiter.resolve(message.event);
        }
        return;
      case "return":
        this.#take(message.id, raw).resolve(message.value);
        return;
      case "error": {
        const pending = this.#take(message.id, raw);
        pending.reject(
          new QemuError(
            "QMP",
            `QEMU refused ${pending.command}: ${printable(message.description)}`,
            {
              details: { command: pending.command, class: message.errorClass },
            },
          ),
        );
        return;
      }
      case "unknown":
        throw new QemuError("QMP", `QMP message of no known kind: ${shown(raw)}`);
    }
  }

  #take(id: unknown, raw: QmpObject): Pending {
    const pending = typeof id === "number" ? this.#pending.get(id) : undefined;
    if (pending === undefined || typeof id !== "number") {
      throw new QemuError("QMP", `QMP answer to a command that was not sent: ${shown(raw)}`);
    }
    this.#pending.delete(id);
    return pending;
  }

  #end(fault: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { fault };
    this.#greeting.reject(this.#closedError("before its greeting"));
    for (const { command, reject } of this.#pending.values()) {
      reject(this.#closedError(`while ${command} was waited for`));
    }
    for (const waiter of this.#waiters) {
      waiter.reject(this.#closedError("while an event was waited for"));
    }
    this.#pending.clear();
    this.#closing.resolve(fault);
  }

  #closedError(when: string): QemuError {
    const fault = this.#ended?.fault;
    return new QemuError("QMP_CLOSED", `The QMP connection ended ${when}`, {
      ...(fault === undefined ? {} : { cause: fault }),
    });
  }
}

const shown = (message: QmpObject): string => printable(JSON.stringify(message), 200);
