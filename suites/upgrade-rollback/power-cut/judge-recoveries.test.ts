import { expect, test, vi } from "vitest";
import type { PowerCuts } from "../../../harness/index.ts";
import { judgeRecoveries } from "./judge-recoveries.ts";
import type { Recovery } from "./recoveries.ts";

const releases = { v1: { identity: "one" }, v2: { identity: "two" } };
const state = { phase: "under-way", outcome: "any", isBad: false } as const;
const figures = { states: 5, bad: 0, distinct: 5, replays: 0 };
const durations = { durationMs: 1, medianMs: 1, slowestMs: 1 };
const cuts: PowerCuts = {
  figures: { ...figures, ...durations },
  ...{ bad: [], classes: [], representatives: [], legalStates: 5, marks: [] },
  log: { entries: 2, flushes: 1, end: { kind: "complete" } },
};
const fault = { phase: "before", outcome: "no kernel", faults: ["no entry boots"] } as const;

const judge = (recoveries: readonly Recovery[]) => {
  const told: [string, number][] = [];
  const figure = (name: string, value: number) => void told.push([name, value]);
  judgeRecoveries({ ...releases, recoveries }, { figure, evidence: vi.fn() });
  return told;
};

const fromOld: Recovery = {
  from: { ...state, name: "7.prefix.whole", isWhole: "old" },
  ...{ identity: "one", seen: "up", cuts },
};
const fromNew: Recovery = {
  from: { ...state, name: "9.prefix.whole", isWhole: "new" },
  ...{ identity: "two", seen: "up", cuts },
};

test("figures are those of all recoveries", () => {
  expect(judge([fromOld, fromNew])).toEqual([
    ["recoveries", 2],
    ["states", 10],
    ["bad", 0],
  ]);
});

test("another release than the judgement named, or none, fails", () => {
  expect(() => judge([fromOld, { ...fromNew, identity: "one" }])).toThrow("9.prefix.whole");
  const { cuts: _, ...unjudged } = fromOld;
  expect(() => judge([{ ...unjudged, identity: undefined, seen: "panic: no root" }])).toThrow(
    "panic: no root",
  );
});

test("a release that is not found good fails", () => {
  expect(() => judge([{ ...fromNew, trouble: "Not found good" }])).toThrow("Not found good");
});

test("a bad state fails under a name that tells its recovery", () => {
  const bad = [{ ...fault, name: "4.none.whole" }];
  const broken = { ...cuts, bad, figures: { ...cuts.figures, bad: 1 } };
  expect(() => judge([fromNew, { ...fromOld, cuts: broken }])).toThrow(
    "1 of 10 states that a second power cut can leave are wrong; the first: 7.prefix.whole/4.none.whole: no entry boots",
  );
});

test("what nobody tried does not pass", () => {
  expect(() => judge([])).toThrow("recoveries");
});
