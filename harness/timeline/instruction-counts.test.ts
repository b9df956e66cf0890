import { expect, test } from "vitest";
import { parseInstructionCounts } from "./instruction-counts.ts";

test("rows are read as the plugin writes them; the first of a kind counts, and a half-written line does not", () => {
  const text = [
    "newline 57 100 0 2000000",
    "kernel 0 500 1 3000000",
    "user 0 700 90 4000000",
    "mark 1234567 900 95 5000000",
    "mark 2234567 910 99 6000000",
    "a line of something else",
    "newline 99 1000 9",
  ].join("\n");
  expect(parseInstructionCounts(text)).toEqual({
    newlines: [{ bytes: 57, low: 100, high: 0, hostMs: 2 }],
    kernel: { low: 500, high: 1, hostMs: 3 },
    program: { low: 700, high: 90, hostMs: 4 },
    mark: { guestNs: 1_234_567, low: 900, high: 95, hostMs: 5 },
    isExact: true,
  });
});

test("counts after a QEMU that stayed busy are not exact", () => {
  expect(parseInstructionCounts("unsettled 0 5 5 100\n")).toEqual({
    newlines: [],
    kernel: undefined,
    program: undefined,
    mark: undefined,
    isExact: false,
  });
});
