import { expect, test } from "vitest";
import { judgeMutant } from "./judge-mutant.ts";

const table = { fails: ["boot/default"], skips: ["boot-time/*"] };

test("a mutant is killed when exactly its checks fail", () => {
  const judged = judgeMutant(table, [
    { id: "boot/default", state: "fail" },
    { id: "boot-time/kernel", state: "skip" },
    { id: "other/thing", state: "pass" },
  ]);
  expect(judged).toEqual({ state: "pass", reason: "exactly boot/default failed" });
});

test("a harness that always says pass is caught", () => {
  const judged = judgeMutant(table, [
    { id: "boot/default", state: "pass" },
    { id: "boot-time/kernel", state: "pass" },
  ]);
  expect(judged).toEqual({
    state: "fail",
    reason: "boot/default must fail, but is pass; boot-time/kernel must be skipped, but is pass",
  });
});

test("a harness that always says fail is caught", () => {
  const judged = judgeMutant({ fails: ["a/b"], skips: [] }, [
    { id: "a/b", state: "fail" },
    { id: "a/c", state: "fail", reason: "why" },
  ]);
  expect(judged).toEqual({ state: "fail", reason: "a/c must not be fail (why)" });
});

test("a check that has no record is no evidence", () => {
  expect(judgeMutant({ fails: ["a/b"], skips: [] }, []).state).toBe("fail");
});

test("a host fault never kills a mutant", () => {
  const judged = judgeMutant({ fails: ["a/b"], skips: [] }, [
    { id: "a/b", state: "inconclusive", reason: "emulator-fault" },
  ]);
  expect(judged).toEqual({
    state: "inconclusive",
    reason: "a/b must fail, but is inconclusive (emulator-fault)",
  });
});
