import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

const maxBytes = 8;

test("however a stream is cut, its lines are the same, and long ones are marked", () => {
  const stream = fc.array(fc.constantFrom("a", "b", "\n"), { maxLength: 60 });
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(stream, cuts, (letters, sizes) => {
      const text = letters.join("");
      const splitter = new LineSplitter(maxBytes);
      const seen = [];
      for (let at = 0, turn = 0; at < text.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        seen.push(...splitter.push(Buffer.from(text.slice(at, at + size))));
        at += size;
      }
      seen.push(...splitter.end());
      const lines = text.split("\n");
      const wanted = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
      expect(
        seen.map(({ number, bytes, isTooLong }) => [number, bytes.toString(), isTooLong]),
      ).toEqual(
        wanted.map((line, index) => {
          const isTooLong = line.length > maxBytes;
          return [index + 1, isTooLong ? "" : line, isTooLong];
        }),
      );
    }),
  );
});
