import { expect, test } from "vitest";
import { boundedCheck } from "./bounded-check.ts";
import { type CheckRecord, checkRecordSchema, isFlaky } from "./check-record.ts";
import { sampleCheck, sampleRun } from "./testing/sample-run.ts";

const problems = (check: unknown): readonly string[] =>
  checkRecordSchema.safeParse(check).error?.issues.map(({ path }) => path.join(".")) ?? [];

test("a check of every state reads back as it was", () => {
  expect(sampleRun.checks.map((check) => checkRecordSchema.parse(check))).toEqual(sampleRun.checks);
});

test("every state but pass needs a reason", () => {
  const { reason: _, ...silent } = sampleCheck("a/b", { state: "skip", reason: "x" });
  expect([problems(silent).length, problems({ ...silent, state: "pass" }).length]).toEqual([1, 0]);
});

test("claims, ids and evidence paths have a form; nothing leads out of the run directory", () => {
  const good = sampleCheck("a/b", { state: "pass" });
  const paths = ["/etc/passwd", "boots/../../x", "a\\b", "a\nb", ""];
  expect([
    problems({ ...good, claim: "C1" }),
    problems({ ...good, id: "a/../b" }),
    problems({ ...good, id: "a//b" }),
    ...paths.map((path) => problems({ ...good, evidence: [{ kind: "console", path }] })),
  ]).toEqual([["claim"], ["id"], ["id"], ...paths.map(() => ["evidence.0.path"])]);
});

test("a check is flaky when its attempts differ", () => {
  expect(sampleRun.checks.filter(isFlaky).map(({ id }) => id)).toEqual([
    "upgrade-rollback/power-cut/ab/step-3",
  ]);
});

test("oversized texts and lists are cut to what the schema takes, and the cuts are marked", () => {
  const flood = "é".repeat(100_000);
  const check: CheckRecord = sampleCheck(
    "a/b",
    { state: "fail", reason: flood },
    {
      title: flood,
      attempts: Array.from({ length: 100 }, () => ({
        state: "fail",
        durationMs: 1,
        reason: flood,
      })),
      evidence: Array.from({ length: 100 }, () => ({ kind: "exec", text: flood })),
      figures: Array.from({ length: 1000 }, () => ({ name: "n", value: 1, unit: "s" })),
    },
  );
  const bounded = boundedCheck(check);
  expect([
    problems(bounded),
    bounded.reason?.slice(-34),
    bounded.evidence.at(-1),
    bounded.evidence.length,
  ]).toEqual([
    [],
    "é… (cut; 200000 bytes in all)".slice(-34).padStart(34, "é"),
    { kind: "note", text: "69 more pieces of evidence left out" },
    32,
  ]);
});
