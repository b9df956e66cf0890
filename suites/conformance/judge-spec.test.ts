import { expect, test } from "vitest";
import { judgeSpec } from "./judge-spec.ts";
import type { SpecSeen } from "./run-specs.ts";
import type { SpecSkip } from "./spec-skips.ts";

const failed = "file.go:1\n\n  [FAILED] Expected\n      <int>: 1\n  In [It] at: file.go:1 @ now";
const late = "[FAILED] Timed out after 60.001s.\nExpected success";
const known: SpecSkip = { match: ".", state: "unsupported", reason: "offline", lacks: [] };

const judged = (
  seen: Partial<SpecSeen>,
  { skipped, slowness = 1 }: { skipped?: SpecSkip; slowness?: number } = {},
) => {
  try {
    const spec = { durationMs: 1, state: "failed", output: failed, isStarved: false } as const;
    judgeSpec({ ...spec, ...seen }, { program: "critest", skipped, slowness });
    return "pass";
  } catch (error) {
    const { state, message } = error as { state: string; message: string };
    return `${state}: ${message}`;
  }
};

test("a spec that passed passes, known as broken or not", () => {
  expect([judged({ state: "passed" }), judged({ state: "passed" }, { skipped: known })]).toEqual([
    "pass",
    "pass",
  ]);
});

test("a spec that failed fails with its message", () => {
  expect(judged({})).toBe("fail: failed: Expected <int>: 1");
});

test("a spec that its program skipped has the reason it gave", () => {
  const output =
    "file.go:8\n\n  Timeline >>\n  [SKIPPED] in [It] - file.go:8 @ now\n  << Timeline\n\n  [SKIPPED] no such thing here\n  In [It] at: file.go:8";
  expect(judged({ state: "skipped", output })).toBe("skip: critest: no such thing here");
});

test("a spec that is known not to pass has the state and reason of its skip", () => {
  expect(judged({}, { skipped: known })).toBe("unsupported: offline");
  expect(judged({}, { skipped: { ...known, state: "skip", link: "https://x.invalid/1" } })).toBe(
    "skip: offline (https://x.invalid/1)",
  );
});

test("a spec that ran out of time on a slow or busy host is undecided, on another one it fails", () => {
  expect([
    judged({ output: late }),
    judged({ output: late, isStarved: true }),
    judged({ output: late }, { slowness: 4 }),
    judged({ isStarved: true }),
    judged({ state: "hung", output: "silent", isStarved: true }),
  ]).toEqual([
    "fail: failed: Timed out after 60.001s. Expected success",
    "inconclusive: slow-host: failed: Timed out after 60.001s. Expected success",
    "inconclusive: slow-host: failed: Timed out after 60.001s. Expected success",
    "fail: failed: Expected <int>: 1",
    "inconclusive: slow-host: hung: silent",
  ]);
});

test("a spec that its program did not come to is skipped where it broke off, and else undecided", () => {
  expect([
    judged({ state: "lost", output: "exit code 2" }),
    judged({ state: "unrun", output: "it ran out of time" }),
  ]).toEqual([
    "skip: critest broke off before it came to this: exit code 2",
    "inconclusive: critest did not come to this: it ran out of time",
  ]);
});

test("a time limit in what a spec logged is no excuse for what it found", () => {
  const output = `Timeline >>\n  INFO: context deadline exceeded\n  << Timeline\n\n  [FAILED] Expected 1`;
  expect(judged({ output }, { slowness: 4 })).toBe("fail: failed: Expected 1");
});

test("a spec that its program does not have in this guest is unsupported", () => {
  expect(judged({ state: "absent" })).toBe("unsupported: critest has no such spec in this guest");
});
