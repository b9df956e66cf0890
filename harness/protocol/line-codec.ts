import { crc32c } from "./crc32c.ts";
import {
  type DecoderEvents,
  encodeHeader,
  type Frame,
  type FrameDecoder,
  parseTypeByte,
  typeByte,
} from "./frame.ts";

export const maxLinePayloadBytes = 1536;

const mark = Buffer.from("{bw:");
const newline = 0x0a;
const carriageReturn = 0x0d;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** `{bw:` 26 hex digits `:` base64 `:` 8 hex digits `}` */
const maxBodyBytes = mark.length + 26 + 1 + (maxLinePayloadBytes / 3) * 4 + 1 + 8;
/** The kernel's longest console line is 2,048 bytes with its prefix (PRINTK_MESSAGE_MAX, kernel/printk/internal.h). */
const maxIntruderBytes = 4096;
/** A line of the kernel between every two 16-byte bursts of the longest frame, with room to spare. */
const maxHeldBytes = 131_072;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** One line, to be written with one write(): then only lines of the kernel can land inside it. */
export const encodeLineFrame = (frame: Frame): Buffer => {
  const crc = crc32c(frame.payload, crc32c(encodeHeader(frame)));
  const head = `${hex(frame.session, 8)}${hex(frame.seq, 8)}${hex(frame.ack, 8)}${hex(typeByte(frame), 2)}`;
  return Buffer.from(`{bw:${head}:${frame.payload.toString("base64")}:${hex(crc, 8)}}\n`, "latin1");
};

/**
 * Divides a shared console into frames and text. No character of a frame is `[`, space, CR or LF, and a line of the
 * kernel begins with `[`: so one that lands inside a frame can be told from it, at any byte, and cut out to the text.
 */
export class LineDecoder implements FrameDecoder {
  readonly #events: DecoderEvents;
  /** All bytes since the `{`, to be handed on as text when this turns out to be no frame. */
  readonly #held: Buffer = Buffer.allocUnsafe(maxHeldBytes);
  #heldLength = 0;
  readonly #body: Buffer = Buffer.allocUnsafe(maxBodyBytes);
  #bodyLength = 0;
  #isEnded = false;
  #intruders: number[] = [];
  #cuts = 0;
  /** Bytes of the intruder being read; -1 outside one. */
  #intruderLength = -1;

  constructor(events: DecoderEvents) {
    this.#events = events;
  }

  get isPartial(): boolean {
    return this.#heldLength > 0;
  }

  get progress(): number {
    return this.#bodyLength;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#heldLength > 0) {
        this.#step(chunk[at] ?? 0);
        at += 1;
        continue;
      }
      const start = chunk.indexOf(openBrace, at);
      const end = start < 0 ? chunk.length : start;
      if (end > at) this.#events.onText(chunk.subarray(at, end));
      if (start >= 0) this.#begin();
      at = end + 1;
    }
  }

  abandonPartial(): void {
    if (this.#heldLength > 0) this.#reject(this.#heldLength);
  }

  #begin(): void {
    this.#held[0] = openBrace;
    this.#heldLength = 1;
    this.#body[0] = openBrace;
    this.#bodyLength = 1;
    this.#isEnded = false;
    this.#intruders = [];
    this.#cuts = 0;
    this.#intruderLength = -1;
  }

  #step(byte: number): void {
    this.#held[this.#heldLength] = byte;
    this.#heldLength += 1;
    if (this.#intruderLength >= 0) {
      this.#intrude(byte);
    } else if (byte === openBracket) {
      this.#cuts += 1;
      this.#intruders.push(byte);
      this.#intruderLength = 1;
    } else {
      this.#extend(byte);
    }
    if (this.#heldLength === maxHeldBytes) this.#reject(this.#heldLength);
  }

  #intrude(byte: number): void {
    this.#intruders.push(byte);
    this.#intruderLength += 1;
    if (byte === newline) this.#intruderLength = -1;
    else if (this.#intruderLength > maxIntruderBytes) this.#reject(this.#heldLength);
  }

  #extend(byte: number): void {
    if (this.#isEnded && byte === newline) this.#finish();
    else if (this.#isEnded && byte === carriageReturn) return;
    else if (this.#canEnd(byte)) this.#isEnded = true;
    else if (!this.#isEnded && this.#canExtend(byte)) {
      this.#body[this.#bodyLength] = byte;
      this.#bodyLength += 1;
    } else if (byte === openBrace) {
      this.#reject(this.#heldLength - 1);
      this.#begin();
    } else {
      this.#reject(this.#heldLength);
    }
  }

  #canEnd(byte: number): boolean {
    return !this.#isEnded && byte === closeBrace && this.#bodyLength >= mark.length;
  }

  #canExtend(byte: number): boolean {
    if (this.#bodyLength < mark.length) return byte === mark[this.#bodyLength];
    return this.#bodyLength < maxBodyBytes && isFrameCharacter(byte);
  }

  #finish(): void {
    const frame = parseBody(this.#body.toString("latin1", mark.length, this.#bodyLength));
    if (frame === undefined) {
      this.#reject(this.#heldLength);
      return;
    }
    this.#heldLength = 0;
    if (this.#intruders.length > 0) {
      this.#events.onCut(this.#cuts);
      this.#events.onText(Buffer.from(this.#intruders));
    }
    this.#events.onFrame(frame);
  }

  /** Nothing is lost: what is no frame is text. The count of damaged frames leaves out text that only has a brace. */
  #reject(length: number): void {
    const text = Buffer.from(this.#held.subarray(0, length));
    this.#heldLength = 0;
    this.#events.onText(text);
    if (this.#bodyLength >= mark.length) this.#events.onDamaged();
  }
}

const isFrameCharacter = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x2f && byte <= 0x3a) || // digits, "/" and ":"
  byte === 0x2b ||
  byte === 0x3d;

const bodyPattern =
  /^([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{2}):([A-Za-z0-9+/]*={0,2}):([0-9a-f]{8})$/;

const parseBody = (body: string): Frame | undefined => {
  const fields = bodyPattern.exec(body);
  if (fields === null) return undefined;
  const [, session = "", seq = "", ack = "", type = "", base64 = "", crc = ""] = fields;
  const kind = parseTypeByte(Number.parseInt(type, 16));
  const payload = Buffer.from(base64, "base64");
  // Exactly what the encoder writes: of several spellings of the same bytes, one is right.
  if (kind === undefined || payload.toString("base64") !== base64) return undefined;
  const frame: Frame = {
    session: Number.parseInt(session, 16),
    seq: Number.parseInt(seq, 16),
    ack: Number.parseInt(ack, 16),
    ...kind,
    payload,
  };
  const isWhole = crc32c(frame.payload, crc32c(encodeHeader(frame))) === Number.parseInt(crc, 16);
  return isWhole ? frame : undefined;
};
