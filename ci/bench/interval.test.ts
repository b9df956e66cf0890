import { expect, test } from "vitest";
import { medianInterval, medianOf } from "./interval.ts";

test("the median of an even number of values lies between the middle two", () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test("the interval holds the median and is the same each time", () => {
  const values = [1, 1.1, 0.9, 1.2, 1.05, 0.95, 3];
  const interval = medianInterval(values);
  expect(interval).toEqual({ median: 1.05, low: 0.95, high: 1.2 });
  expect(medianInterval(values)).toEqual(interval);
});

test("a series without spread has an interval without width", () => {
  expect(medianInterval([2, 2, 2])).toEqual({ median: 2, low: 2, high: 2 });
});
