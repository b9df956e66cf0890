import { expect, test } from "vitest";
import { Tail } from "./tail.ts";

test("the last lines are kept, and each piece tells which lines it made whole", () => {
  const tail = new Tail(2);
  expect([tail.push("one\ntw"), tail.push("o\nthree\n\nfo")]).toEqual([["one"], ["two", "three"]]);
  expect(tail.lines).toEqual(["two", "three", "fo"]);
});

test("a line without end takes a bounded memory", () => {
  const tail = new Tail(2);
  for (let count = 0; count < 100; count += 1) tail.push("x".repeat(10_000));
  expect(tail.lines.map(({ length }) => length)).toEqual([1000]);
});
