import { expect, test } from "vitest";
import { parseMetrics, sumOf } from "./told.ts";

const metrics = parseMetrics(`# HELP a_total of something
# TYPE a_total counter
a_total{kind="x",of="y z"} 2
a_total{kind="x"} 3 1700000000000
a_total{kind="other"} 4e+01
a_total_more 7
b NaN
not a sample line at all
`);

test("series are summed up by their name and labels", () => {
  expect(sumOf(metrics, "a_total")).toBe(45);
  expect(sumOf(metrics, "a_total", { kind: "x" })).toBe(5);
  expect(sumOf(metrics, "a_total", { kind: "x", of: "y z" })).toBe(2);
});

test("what is not there has no sum", () => {
  expect(sumOf(metrics, "a")).toBeUndefined();
  expect(sumOf(metrics, "a_total", { kind: "none" })).toBeUndefined();
  expect(sumOf(metrics, "b")).toBeNaN();
});
