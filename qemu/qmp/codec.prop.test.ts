import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeLine, LineDecoder, maxLineBytes } from "./codec.ts";

test("messages survive any cutting of the stream into chunks", () => {
  const messages = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 20 })), (sent, sizes) => {
      // What JSON itself does not keep (a key __proto__, -0) is not the decoder's business.
      const expected = sent.map((message) => JSON.parse(JSON.stringify(message)) as unknown);
      const bytes = Buffer.from(sent.map(encodeLine).join(""));
      const decoder = new LineDecoder();
      const seen: unknown[] = [];
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        seen.push(...decoder.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(seen).toEqual(expected);
    }),
  );
});

test("an endless line is refused instead of collected", () => {
  const decoder = new LineDecoder();
  const chunk = Buffer.alloc(65_536, "x");
  expect(() => {
    for (let sent = 0; sent <= maxLineBytes; sent += chunk.length) decoder.push(chunk);
  }).toThrow("QEMU sent a QMP line of more than 4194304 bytes");
});

test.each([["not json"], ["[1]"], ["3"], ["null"]])("%s is refused", (line) => {
  expect(() => new LineDecoder().push(Buffer.from(`${line}\n`))).toThrow(
    `Expected a JSON object from QMP, saw "${line}"`,
  );
});
