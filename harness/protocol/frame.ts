/** Six bits of the type byte. Types below 16 carry no sequence number: losing one costs a repetition, not a resend. */
export const frameTypes = {
  ready: 1,
  hello: 2,
  welcome: 3,
  ack: 4,
  nak: 5,
  request: 16,
  response: 17,
  cancel: 18,
  data: 19,
  credit: 20,
  event: 21,
} as const;

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

/** What travels in both framings; `docs/protocol.md` has the byte layout. */
export interface Frame {
  /** Random number of one start of the agent; 0 only in the hello of a host that does not know it. */
  readonly session: number;
  /** 1, 2, 3… per direction for sequenced types, 0 for the others. */
  readonly seq: number;
  /** The highest sequence number that was received with all before it. */
  readonly ack: number;
  readonly type: FrameType;
  /** An echoed frame (a UART left in cooked mode) has the wrong direction and is not believed. */
  readonly isFromHost: boolean;
  /** The message goes on in the next frame. */
  readonly hasMore: boolean;
  readonly payload: Buffer;
}

export interface FrameDecoder {
  /** Never throws, whatever the bytes are. */
  push(chunk: Buffer): void;
  /** Gives up an unfinished frame, so that a writer that died in the middle of one does not swallow what follows. */
  abandonPartial(): void;
  /** Whether an unfinished frame is held back. */
  readonly isPartial: boolean;
  /** Changes while the unfinished frame is surely still being written. */
  readonly progress: number;
}

export interface DecoderEvents {
  readonly onFrame: (frame: Frame) => void;
  /** Bytes that are no part of a good frame, in their order. Only line framing has them. */
  readonly onText: (text: Buffer) => void;
  readonly onDamaged: () => void;
  /** A line of the kernel was cut out of a frame that then had the right CRC. */
  readonly onCut: (cuts: number) => void;
}

export const isSequenced = (type: FrameType): boolean => type >= frameTypes.request;

const knownTypes = new Set<number>(Object.values(frameTypes));
const fromHostBit = 0x80;
const hasMoreBit = 0x40;

export const headerBytes = 24;
export const magic: Buffer = Buffer.from("BWF\x01", "latin1");
export const maxBinaryPayloadBytes = 1_048_576;

/** The header of the binary form. The check value of a frame covers this and the payload, in both framings. */
export const encodeHeader = (frame: Frame): Buffer => {
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(frame.payload.length, 4);
  header.writeUInt32LE(frame.session, 8);
  header.writeUInt32LE(frame.seq, 12);
  header.writeUInt32LE(frame.ack, 16);
  header[20] = typeByte(frame);
  return header;
};

export const typeByte = (frame: Frame): number =>
  frame.type | (frame.isFromHost ? fromHostBit : 0) | (frame.hasMore ? hasMoreBit : 0);

/** What a type byte says, or undefined when this version knows no such type. */
export const parseTypeByte = (
  byte: number,
): Pick<Frame, "type" | "isFromHost" | "hasMore"> | undefined => {
  const type = byte & 0x3f;
  if (!knownTypes.has(type)) return undefined;
  return {
    type: type as FrameType,
    isFromHost: (byte & fromHostBit) !== 0,
    hasMore: (byte & hasMoreBit) !== 0,
  };
};
