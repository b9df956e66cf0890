import { expect, test } from "vitest";
import { reportedMs } from "./ending.ts";

const report = "104.39 started\n131.67 told to end\n134.67 terminated\n";

test("a report's line has its time", () => {
  expect(reportedMs(report, "told to end")).toBeCloseTo(131_670);
  expect(reportedMs(report, "terminated")).toBeCloseTo(134_670);
});

test("what was not reported has none", () => {
  expect(reportedMs("104.39 started\n", "told to end")).toBeUndefined();
  expect(reportedMs("", "started")).toBeUndefined();
});
