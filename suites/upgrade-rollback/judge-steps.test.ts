import { expect, test } from "vitest";
import type { CycleSeen, DisksSeen, NodeSeen } from "./cycle-seen.ts";
import { differences, judgeSteps } from "./judge-steps.ts";

const seen = { kind: "seen", node: {} as NodeSeen, disks: {} as DisksSeen } as const;
const lost = {
  kind: "missing",
  blames: ["previous"],
  reason: "nothing to go back to",
  consoleTail: ["last words"],
} as const;
const steps: CycleSeen["steps"] = [
  { name: "v2", ...seen },
  { name: "back", ...lost },
];

const ended = (aspect: string, judge: () => void = () => undefined): string => {
  try {
    judgeSteps({ steps }, aspect, judge);
    return "pass";
  } catch (error) {
    const { state, message } = error as { state: string; message: string };
    return `${state}: ${message}`;
  }
};

test("a step that was not made fails the check that it blames, and skips the others", () => {
  expect([ended("previous"), ended("units")]).toEqual([
    "fail: Step back: nothing to go back to; its console ends: last words",
    "skip: Step back was not made, as check previous says",
  ]);
});

test("what was seen before is judged first", () => {
  const told = ended("units", () => {
    throw Object.assign(new Error("a unit failed"), { state: "fail" });
  });
  expect(told).toBe("fail: a unit failed");
});

test("of many differences ten are told", () => {
  const wanted = new Map(Array.from({ length: 12 }, (_, index) => [`/${index}`, "file"]));
  const found = new Map([...wanted].slice(1));
  expect(differences(wanted, found)).toEqual(["/0: nothing instead of file"]);
  expect(differences(wanted, new Map()).at(-1)).toBe("and 2 more");
  expect(differences(wanted, wanted)).toEqual([]);
});
