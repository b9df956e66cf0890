import fc from "fast-check";
import { expect, test } from "vitest";
import { createConsoleEngine } from "./console-engine.ts";
import type { ConsoleEvent } from "./console-event.ts";

const lineText = fc.oneof(
  fc.constantFrom(
    "SeaBIOS (version 1.16.3)",
    "Welcome to GRUB!",
    "[    0.000000] Linux version 6.12.48",
    "[    1.000000] Run /init as init process",
    "[    2.000000] systemd[1]: systemd 257 running in system mode (+PAM)",
    "[    5.000001] Oops: 0002 [#1] SMP",
    "[    5.000004] ---[ end trace 0000000000000000 ]---",
    "[    5.000005] Kernel panic - not syncing: Fatal exception",
    "[\u001b[0;1;31mFAILED\u001b[0m] Failed to start é.service.",
    "login: [   12.000000] Kernel panic - not syncing: x",
    "\u001b[2J\u001b[1;1Hgrub> ",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: fc.constantFrom("\r", "\u001b", "[", "K", "H", "é", " ", "1"), maxLength: 30 }),
  fc.nat({ max: 9000 }).map((length) => "é".repeat(length / 2)),
);

const lineBytes = fc.oneof(
  lineText.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 20 }),
  fc
    .array(fc.constantFrom(0xc3, 0xa9, 0xe2, 0x82, 0xf0, 0x9f, 0x80, 0x61, 0xff), { maxLength: 9 })
    .map((bytes) => Uint8Array.from(bytes)),
);
const lineEnd = fc.constantFrom("\n", "\r\n", "").map((text) => Buffer.from(text));
const consoleBytes = fc
  .array(fc.tuple(lineBytes, lineEnd), { maxLength: 30 })
  .map((lines) => Buffer.concat(lines.flat()));

const read = (chunks: readonly Uint8Array[]): unknown => {
  const events: ConsoleEvent[] = [];
  const engine = createConsoleEngine({
    onEvent: (event) => events.push(event),
    clock: { nowMs: () => 0, after: () => () => undefined },
  });
  for (const chunk of chunks) engine.feed(chunk, 0);
  engine.end(0);
  const { bytes, lineCount, boot, phase, untoldMatches } = engine;
  return { events, bytes, lineCount, boot, phase, untoldMatches, last: engine.lastLines(200) };
};

test("the way in which the stream is cut into chunks changes nothing", () => {
  fc.assert(
    fc.property(consoleBytes, fc.array(fc.integer({ min: 1, max: 5000 })), (bytes, sizes) => {
      const chunks: Uint8Array[] = [];
      let start = 0;
      for (const size of sizes) {
        chunks.push(bytes.subarray(start, start + size));
        start += size;
      }
      chunks.push(bytes.subarray(start));
      expect(read(chunks)).toEqual(read([bytes]));
    }),
    { numRuns: 300 },
  );
});

test("bytes one at a time give the same events as all at once", () => {
  fc.assert(
    fc.property(consoleBytes, (bytes) => {
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      expect(read(single)).toEqual(read([bytes]));
    }),
    { numRuns: 30 },
  );
});

test("no event carries a control character", () => {
  fc.assert(
    fc.property(consoleBytes, (bytes) => {
      expect(JSON.stringify(read([bytes]))).not.toMatch(/\\u00[01]|[\u007f-\u009f]/);
    }),
  );
});
