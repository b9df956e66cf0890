import fc from "fast-check";
import { expect, test } from "vitest";
import { arePlain } from "./plain-bytes.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unplain = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

const bytesOf = (byte: fc.Arbitrary<number>): fc.Arbitrary<Uint8Array> =>
  fc.array(byte, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));
const readable = fc.integer({ min: 32, max: 126 });
const anyBytes = fc.oneof(
  bytesOf(fc.integer({ min: 0, max: 255 })),
  bytesOf(fc.oneof({ weight: 30, arbitrary: readable }, fc.integer({ min: 0, max: 255 }))),
  bytesOf(fc.oneof(readable, fc.constantFrom(9, 10, 13, 127, 128, 255))),
);

test("bytes are plain when a regex finds no control character in them, wherever they begin in memory", () => {
  fc.assert(
    fc.property(anyBytes, fc.nat({ max: 7 }), (bytes, offset) => {
      const moved = new Uint8Array(offset + bytes.length + 3).subarray(
        offset,
        offset + bytes.length,
      );
      moved.set(bytes);
      expect(arePlain(moved)).toBe(!unplain.test(Buffer.from(bytes).toString("latin1")));
    }),
    { numRuns: 2000 },
  );
});

test("each byte is judged at each place of a word", () => {
  const verdicts = Array.from({ length: 256 }, (_, byte) =>
    [0, 1, 2, 3, 4, 5].map((place) =>
      arePlain(Uint8Array.from([65, 65, 65, 65, 65, 65]).fill(byte, place, place + 1)),
    ),
  );
  const expected = Array.from({ length: 256 }, (_, byte) =>
    Array.from({ length: 6 }, () => !unplain.test(String.fromCharCode(byte))),
  );
  expect(verdicts).toEqual(expected);
});
