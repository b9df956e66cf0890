import { type Arbitrary, boolean, constantFrom, nat, record, uint8Array } from "fast-check";
import { type Frame, frameTypes } from "../frame.ts";

/** Any frame that fits into both framings. */
export const anyFrame: Arbitrary<Frame> = record({
  session: nat(0xffff_ffff),
  seq: nat(0xffff_ffff),
  ack: nat(0xffff_ffff),
  type: constantFrom(...Object.values(frameTypes)),
  isFromHost: boolean(),
  hasMore: boolean(),
  payload: uint8Array({ maxLength: 1536 }).map((bytes) => Buffer.from(bytes)),
});

export const dataFrame = (seq: number, payload: Buffer): Frame => ({
  session: 0x1234_5678,
  seq,
  ack: 0,
  type: frameTypes.data,
  isFromHost: false,
  hasMore: false,
  payload,
});
