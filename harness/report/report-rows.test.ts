import { expect, test } from "vitest";
import { sampleRun } from "../results/testing/sample-run.ts";
import { countStates, reportRows } from "./report-rows.ts";

const ownRow = (change: Partial<typeof sampleRun>): string => {
  const rows = reportRows({ ...sampleRun, ...change });
  const own = rows.find(({ suite }) => suite === "bootwright");
  return own === undefined ? "none" : `${own.state}: ${own.reason}`;
};

test("a finished run whose verdict is that of a check needs no row of its own", () => {
  expect([ownRow({}), countStates(reportRows(sampleRun))]).toEqual([
    "none",
    { pass: 1, fail: 1, skip: 1, unsupported: 1, inconclusive: 1, error: 1 },
  ]);
});

test("a killed, empty or overruled run has a row that is not green", () => {
  const passed = sampleRun.checks.slice(0, 1);
  expect([
    ownRow({ status: "running", reason: "run did not finish" }),
    ownRow({ status: "interrupted", checks: passed, verdict: "pass" }),
    ownRow({ checks: [], verdict: "inconclusive" }),
    ownRow({ checks: passed, verdict: "fail", reason: "image was written to" }),
  ]).toEqual([
    "error: run did not finish",
    "error: the run is interrupted",
    "inconclusive: no check was decided",
    "fail: image was written to",
  ]);
});
