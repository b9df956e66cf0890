import { expect, test } from "vitest";
import { exitCodeOf, type State, verdictOf } from "./state.ts";

test.each<[State[], State, number]>([
  [["pass", "pass"], "pass", 0],
  [["pass", "skip", "unsupported"], "pass", 0],
  [["pass", "inconclusive"], "inconclusive", 3],
  [["fail", "inconclusive"], "fail", 1],
  [["error", "fail"], "error", 4],
  [[], "inconclusive", 3],
  [["skip", "skip"], "inconclusive", 3],
])("%j is %s, exit code %i", (checkStates, verdict, exitCode) => {
  expect([verdictOf(checkStates), exitCodeOf(verdictOf(checkStates))]).toEqual([verdict, exitCode]);
});
