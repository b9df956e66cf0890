import { expect, test } from "vitest";
import { BoundedLines } from "./bounded-lines.ts";

const linesOf = (count: number, maxLength: number): readonly string[] => {
  const kept = new BoundedLines(maxLength);
  for (let index = 1; index <= count; index += 1) kept.push(`line ${index}`);
  return kept.lines;
};

test("a short text is kept as it is", () => {
  expect(linesOf(3, 1000)).toEqual(["line 1", "line 2", "line 3"]);
});

test("of a long one the beginning and the end are kept", () => {
  expect(linesOf(9, 256)).toEqual([
    "line 1",
    "line 2",
    "  … 5 lines left out …",
    "line 8",
    "line 9",
  ]);
});

test("the last line is kept however long it is", () => {
  const kept = new BoundedLines(10);
  kept.push("x".repeat(20));
  expect(kept.lines).toEqual(["x".repeat(20)]);
});
