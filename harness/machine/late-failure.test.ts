import { expect, test } from "vitest";
import { type LateMachine, lateFailure } from "./late-failure.ts";

const late = (facts: Partial<LateMachine>): LateMachine => ({
  timeoutMs: 60_000,
  phase: "userspace",
  silentMs: 1000,
  agent: "not-yet",
  waitedFor: "Hello of the guest agent did not happen within 60 s",
  lastLines: ["[  OK  ] Started one."],
  symptom: undefined,
  ...facts,
});

test.each([
  ["still talks, agent not due", { phase: "initrd" }, "timeout"],
  ["has no agent and still talks", { agent: "none" }, "timeout"],
  ["fell silent before its agent was due", { phase: "kernel", silentMs: 20_000 }, "hang"],
  ["never said a word", { phase: undefined, silentMs: 60_000, lastLines: [] }, "hang"],
  ["runs programs and no agent", { agent: "expected", silentMs: 40_000 }, "no-agent"],
  ["has an agent and is not ready", { agent: "answered", silentMs: 40_000 }, "timeout"],
] satisfies [string, Partial<LateMachine>, string][])("a guest that %s", (_, facts, kind) => {
  expect(lateFailure(late(facts)).kind).toBe(kind);
});

test("the reason says how long, how far, what was last seen and what went wrong on the way", () => {
  const symptom = { kind: "failed-unit", reason: "A unit failed: x", witness: "console", line: 7 };
  expect(
    lateFailure(late({ symptom: { ...symptom, kind: "failed-unit", witness: "console" } })),
  ).toMatchInlineSnapshot(`
    {
      "context": [
        "[  OK  ] Started one.",
      ],
      "kind": "timeout",
      "reason": "Not ready within 60 s of power-on, phase userspace: Hello of the guest agent did not happen within 60 s; last console line (1.0 s before): [  OK  ] Started one.; earlier, line 7: failed-unit: A unit failed: x",
      "witness": "clock",
    }
  `);
});

test("a stall that the kernel told of stays known as one, so that an emulator can be given a second try", () => {
  const symptom = { kind: "hang", reason: "RCU stalled", witness: "console", line: 7 } as const;
  expect(lateFailure(late({ symptom: { ...symptom, pattern: "rcu-stall" } })).pattern).toBe(
    "rcu-stall",
  );
});
