import { isObject, type QmpObject } from "./codec.ts";

export interface QmpEvent {
  /** As QEMU spells it: `GUEST_PANICKED`, `SHUTDOWN`, `RESET`, `STOP`, … */
  readonly name: string;
  readonly data: QmpObject;
  /** QEMU's host clock when it happened, milliseconds since 1970. */
  readonly atMs: number;
}

/** What a line from QEMU is (QEMU docs/interop/qmp-spec.rst, "Server Greeting", "Commands Responses", "Asynchronous events"). */
export type QmpMessage =
  | { readonly kind: "greeting"; readonly version: QmpObject }
  | { readonly kind: "event"; readonly event: QmpEvent }
  | { readonly kind: "return"; readonly id: unknown; readonly value: unknown }
  | {
      readonly kind: "error";
      readonly id: unknown;
      readonly errorClass: string;
      readonly description: string;
    }
  | { readonly kind: "unknown" };

export const classify = (message: QmpObject): QmpMessage => {
  const { QMP: greeting, event, error, id, timestamp, data } = message;
  if (isObject(greeting)) {
    return { kind: "greeting", version: isObject(greeting["version"]) ? greeting["version"] : {} };
  }
  if (typeof event === "string") {
    return {
      kind: "event",
      event: { name: event, data: isObject(data) ? data : {}, atMs: millisecondsOf(timestamp) },
    };
  }
  if (isObject(error)) {
    return {
      kind: "error",
      id,
      errorClass: String(error["class"]),
      description: String(error["desc"]),
    };
  }
  return "return" in message
    ? { kind: "return", id, value: message["return"] }
    : { kind: "unknown" };
};

const millisecondsOf = (timestamp: unknown): number => {
  if (!isObject(timestamp)) return 0;
  const { seconds, microseconds } = timestamp;
  return typeof seconds === "number" && typeof microseconds === "number"
    ? seconds * 1000 + microseconds / 1000
    : 0;
};
