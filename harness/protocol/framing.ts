import { KiB, MiB } from "../core/units.ts";
import { BinaryDecoder, encodeBinaryFrame } from "./binary-codec.ts";
import type { DecoderEvents, Frame, FrameDecoder } from "./frame.ts";
import { maxBinaryPayloadBytes } from "./frame.ts";
import { encodeLineFrame, LineDecoder, maxLinePayloadBytes } from "./line-codec.ts";

/** `binary` for a private virtio-serial port, which loses nothing; `line` for a UART shared with the kernel. */
export type Framing = "binary" | "line";

export interface FramingTraits {
  readonly maxPayloadBytes: number;
  /** Bytes that may be under way and not yet acknowledged, per direction. */
  readonly windowBytes: number;
  /** Bytes of one data stream that may be sent before the receiver has used them up. */
  readonly streamWindowBytes: number;
  /** Received bytes after which an ack is sent on its own. */
  readonly ackEveryBytes: number;
  /** Acks and resends by timer: only where bytes can get lost. */
  readonly isLossy: boolean;
  /** After this time an unfinished frame is given up: its writer died, or a byte is gone. */
  readonly partialTimeoutMs: number;
  readonly encode: (frame: Frame) => readonly Buffer[];
  readonly decoder: (events: DecoderEvents) => FrameDecoder;
}

export const framings: Readonly<Record<Framing, FramingTraits>> = {
  binary: {
    maxPayloadBytes: maxBinaryPayloadBytes,
    windowBytes: 4 * MiB,
    streamWindowBytes: 4 * MiB,
    ackEveryBytes: MiB,
    isLossy: false,
    partialTimeoutMs: 2000,
    encode: encodeBinaryFrame,
    decoder: (events) => new BinaryDecoder(events),
  },
  line: {
    maxPayloadBytes: maxLinePayloadBytes,
    windowBytes: 24 * KiB,
    streamWindowBytes: 48 * KiB,
    ackEveryBytes: 12 * KiB,
    isLossy: true,
    partialTimeoutMs: 500,
    encode: (frame) => [encodeLineFrame(frame)],
    decoder: (events) => new LineDecoder(events),
  },
};

/** The longest message that is put together from frames with `hasMore`. */
export const maxMessageBytes: number = MiB;
