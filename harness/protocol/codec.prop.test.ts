import { array, assert, constantFrom, integer, nat, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { encodeBinaryFrame } from "./binary-codec.ts";
import type { Frame } from "./frame.ts";
import { type Framing, framings } from "./framing.ts";
import { encodeLineFrame } from "./line-codec.ts";
import { decodeAll, split } from "./testing/decode-all.ts";
import { anyFrame, dataFrame } from "./testing/frames.ts";

const anyFraming = constantFrom<Framing>("binary", "line");
const encode = (framing: Framing, frames: readonly Frame[]): Buffer =>
  Buffer.concat(frames.flatMap((frame) => framings[framing].encode(frame)));

test("Frames come out as they went in, however the bytes are cut into chunks", () => {
  assert(
    property(
      anyFraming,
      array(anyFrame, { maxLength: 5 }),
      array(nat(300)),
      (framing, frames, sizes) => {
        const decoded = decodeAll(framing, split(encode(framing, frames), sizes));
        expect(decoded).toEqual({ frames, text: "", damaged: 0, cuts: 0 });
      },
    ),
  );
});

test("Any bytes at all give no frame and no exception, and line framing keeps them all as text", () => {
  assert(
    property(anyFraming, array(uint8Array({ maxLength: 200 })), (framing, chunks) => {
      const buffers = chunks.map((chunk) => Buffer.from(chunk));
      const { frames, text } = decodeAll(framing, buffers);
      expect(frames).toEqual([]);
      if (framing === "line") expect(text).toBe(Buffer.concat(buffers).toString("latin1"));
    }),
  );
});

test("A frame with any one bit wrong is not believed", () => {
  assert(
    property(anyFraming, anyFrame, nat(), nat(7), (framing, frame, at, bit) => {
      const bytes = encode(framing, [frame]);
      const index = at % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
      const { frames } = decodeAll(framing, [bytes]);
      // Upper-case hex or a CR in place of the LF would be the same frame; both are refused.
      expect(frames).toEqual([]);
    }),
  );
});

test("A line of the kernel at every byte of a conversation is cut out and no frame is lost", () => {
  const frames = [1, 2, 3].map((seq) => dataFrame(seq, Buffer.from(`payload ${seq}`.repeat(seq))));
  const conversation = Buffer.concat(frames.map(encodeLineFrame));
  const kernelLine = "[   12.345678] virtio_blk virtio1: [vda] {bw: 8 512-byte blocks\r\n";
  for (let at = 0; at <= conversation.length; at += 1) {
    const bytes = Buffer.concat([
      conversation.subarray(0, at),
      Buffer.from(kernelLine),
      conversation.subarray(at),
    ]);
    const { frames: seen, text } = decodeAll("line", [bytes]);
    expect({ at, seen, text }).toEqual({ at, seen: frames, text: kernelLine });
  }
});

test("Lines of the kernel at many bytes at once are all cut out, in their order", () => {
  assert(
    property(array(nat(400), { maxLength: 20 }), (positions) => {
      const frames = [1, 2, 3].map((seq) => dataFrame(seq, Buffer.alloc(60, seq)));
      let bytes = Buffer.concat(frames.map(encodeLineFrame));
      const at = positions.map((position) => position % bytes.length).sort((a, b) => b - a);
      const lines = at.map((_, index) => `[ ${at.length - index}.000001] line ${index}\r\n`);
      for (const [index, position] of at.entries()) {
        const line = Buffer.from(lines[index] ?? "");
        bytes = Buffer.concat([bytes.subarray(0, position), line, bytes.subarray(position)]);
      }
      const decoded = decodeAll("line", [bytes]);
      expect(decoded.frames).toEqual(frames);
      expect(decoded.text).toBe(lines.toReversed().join(""));
    }),
  );
});

test("What is held back is bounded, whatever a guest sends", () => {
  const flood = Buffer.from(`{bw:${"[ 1.0] x\n".repeat(20_000)}`);
  const { frames, text } = decodeAll("line", [flood]);
  expect(frames).toEqual([]);
  expect(text).toBe(flood.toString("latin1"));
});

test("A binary frame in any chunks after damage is found again", () => {
  assert(
    property(uint8Array({ maxLength: 23 }), integer({ min: 1, max: 40 }), (stray, size) => {
      const frame = dataFrame(1, Buffer.from("after the damage"));
      const bytes = Buffer.concat([Buffer.from(stray), ...encodeBinaryFrame(frame)]);
      const sizes = Array.from({ length: Math.ceil(bytes.length / size) }, () => size);
      expect(decodeAll("binary", split(bytes, sizes)).frames).toEqual([frame]);
    }),
  );
});
