import { expect, test } from "vitest";
import { createLineSplitter, maxLineLength } from "./line-splitter.ts";

const linesOf = (...chunks: readonly (string | Uint8Array)[]): readonly string[] => {
  const lines: string[] = [];
  const splitter = createLineSplitter(({ line, text, isContinuation }) =>
    lines.push(`${line}${isContinuation ? "+" : ""}: ${text}`),
  );
  for (const chunk of chunks) splitter.feed(Buffer.from(chunk as string), 0);
  splitter.end();
  return lines;
};

test("LF, CR LF and CR CR LF end a line; empty lines count but are not handed on", () => {
  expect(linesOf("one\ntwo\r\n\r\nthree\r\r\nfour")).toEqual([
    "1: one",
    "2: two",
    "4: three",
    "5: four",
  ]);
});

test("UTF-8 split over chunks is put together, other bytes become U+FFFD", () => {
  expect(linesOf(Buffer.from([0x63, 0xc3]), Buffer.from([0xa9, 0xff, 0x0a]))).toEqual([
    "1: cé\ufffd",
  ]);
});

test("a bare carriage return overwrites, erasing to the end of the line erases", () => {
  expect(linesOf("10 %\r20 % done\rX\n", "a long text\r\u001b[Kshort\n")).toEqual([
    "1: X0 % done",
    "2: short",
  ]);
});

test("colours, titles and other escape sequences are not text", () => {
  expect(
    linesOf(
      "[\u001b[0;1;31mFAILED\u001b[0m] x\u001b]3008;start=1\u001b\\y\u001b]0;title\u0007z\u001b(B\u0000\u0008!\n",
    ),
  ).toEqual(["1: [FAILED] xyz!"]);
});

test("a terminal string without its end hides nothing", () => {
  expect(linesOf("\u001b]0;[    1.000000] Kernel panic\n")).toEqual([
    "1: 0;[    1.000000] Kernel panic",
  ]);
});

test("cursor addressing cuts a line into segments with the same number", () => {
  expect(linesOf("one\u001b[2;1Htwo\u001b[2Jthree\n")).toEqual(["1: one", "1: two", "1: three"]);
});

test("a line without end is cut into marked pieces", () => {
  expect(linesOf(`${"x".repeat(maxLineLength)}`, "é123\nz\n")).toEqual([
    `1: ${"x".repeat(maxLineLength)}`,
    "1+: é123",
    "2: z",
  ]);
});
