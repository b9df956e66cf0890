import {
  type DecoderEvents,
  encodeHeader,
  type Frame,
  type FrameDecoder,
  headerBytes,
  magic,
  maxBinaryPayloadBytes,
  parseTypeByte,
} from "./frame.ts";
import { xxh64Low } from "./xxh64.ts";

const checkBytes = 4;

/** The pieces of a frame in the order to be written; the payload is not copied. */
export const encodeBinaryFrame = (frame: Frame): readonly Buffer[] => {
  const header = encodeHeader(frame);
  const trailer = Buffer.alloc(checkBytes);
  trailer.writeUInt32LE(xxh64Low(header, frame.payload), 0);
  return frame.payload.length === 0 ? [header, trailer] : [header, frame.payload, trailer];
};

/**
 * Frames of a private port. Each frame is copied once, so that a chunk may be overwritten afterwards. Damage costs the frame
 * up to its stated length: looking for another frame inside it would cost a hostile guest's reader quadratic time.
 */
export class BinaryDecoder implements FrameDecoder {
  readonly #events: DecoderEvents;
  #partial: Buffer | undefined;
  #filled = 0;
  #isSkipping = false;

  constructor(events: DecoderEvents) {
    this.#events = events;
  }

  get isPartial(): boolean {
    return this.#partial !== undefined;
  }

  /** What fills a frame may be another's bytes: only a whole frame is progress. */
  readonly progress: number = 0;

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#partial === undefined ? this.#scan(rest) : this.#fill(this.#partial, rest);
    }
  }

  abandonPartial(): void {
    if (this.#partial === undefined) return;
    this.#partial = undefined;
    this.#events.onDamaged();
  }

  #scan(bytes: Buffer): Buffer {
    const start = startOfFrame(bytes);
    if (start > 0 && !this.#isSkipping) {
      this.#isSkipping = true;
      this.#events.onDamaged();
    }
    const frame = bytes.subarray(start);
    if (frame.length === 0) return frame;
    if (frame.length < headerBytes) return this.#keep(frame, headerBytes);
    const size = sizeOf(frame);
    if (size === undefined) return this.#skip(frame);
    if (frame.length < size) return this.#keep(frame, size);
    this.#finish(Buffer.from(frame.subarray(0, size)));
    return frame.subarray(size);
  }

  #keep(start: Buffer, size: number): Buffer {
    this.#partial = Buffer.allocUnsafe(size);
    this.#filled = start.copy(this.#partial);
    return start.subarray(start.length);
  }

  #fill(partial: Buffer, bytes: Buffer): Buffer {
    const taken = bytes.copy(partial, this.#filled);
    this.#filled += taken;
    const rest = bytes.subarray(taken);
    if (this.#filled < partial.length) return rest;
    this.#partial = undefined;
    if (partial.length > headerBytes) {
      this.#finish(partial);
      return rest;
    }
    // 24 bytes that only began like a header: look again behind their first byte. At most 23 are looked at twice.
    const size = sizeOf(partial);
    if (size === undefined) {
      const again = this.#skip(partial);
      return again.length === 0 ? rest : Buffer.concat([again, rest]);
    }
    this.#keep(partial, size);
    return rest;
  }

  #skip(bytes: Buffer): Buffer {
    if (!this.#isSkipping) this.#events.onDamaged();
    this.#isSkipping = true;
    return bytes.subarray(1);
  }

  #finish(bytes: Buffer): void {
    const kind = parseTypeByte(bytes[20] ?? 0);
    const end = bytes.length - checkBytes;
    if (kind === undefined || xxh64Low(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
      this.#events.onDamaged();
      return;
    }
    this.#isSkipping = false;
    this.#events.onFrame({
      session: bytes.readUInt32LE(8),
      seq: bytes.readUInt32LE(12),
      ack: bytes.readUInt32LE(16),
      ...kind,
      payload: bytes.subarray(headerBytes, end),
    });
  }
}

/** Where the start mark is, or the first bytes of one that the chunk's end cuts; else the length. */
const startOfFrame = (bytes: Buffer): number => {
  const whole = bytes.indexOf(magic);
  if (whole >= 0) return whole;
  for (let length = Math.min(magic.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(magic.subarray(0, length))) {
      return bytes.length - length;
    }
  }
  return bytes.length;
};

/** The length of the frame that begins with this header; undefined when no frame has such a header. */
const sizeOf = (header: Buffer): number | undefined => {
  const payloadBytes = header.readUInt32LE(4);
  const isHeader =
    header.subarray(0, magic.length).equals(magic) &&
    payloadBytes <= maxBinaryPayloadBytes &&
    header[21] === 0 &&
    header[22] === 0 &&
    header[23] === 0;
  return isHeader ? headerBytes + payloadBytes + checkBytes : undefined;
};
