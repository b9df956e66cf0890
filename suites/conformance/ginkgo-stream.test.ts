import fc from "fast-check";
import { expect, test } from "vitest";
import { type FinishedSpec, GinkgoStream } from "./ginkgo-stream.ts";

// As ginkgo 2.28.1 prints it with -v on two processes (2026-11-30), shortened.
const printed = `Running Suite: CRI validation - /tmp/gk
=======================================
Will run 6 of 7 specs
Running in parallel across 2 processes
------------------------------
[BeforeSuite] PASSED [0.001 seconds]
[BeforeSuite] 
framework/util.go:98
------------------------------
SSSSSSSS
------------------------------
• [0.250 seconds]
[k8s.io] Things should pass [Conformance]
gk/a_test.go:7

  Timeline >>
  ------------------------------
  • [9.000 seconds]
  << Timeline
------------------------------
S [SKIPPED] [0.000 seconds]
[k8s.io] Things [It] should skip
gk/a_test.go:8

  [SKIPPED] no such thing here
------------------------------
• [FAILED] [0.002 seconds]
[k8s.io] Things [BeforeEach] should fail [Serial]
  [BeforeEach] gk/framework.go:49

  [FAILED] Expected
------------------------------
P [PENDING]
[k8s.io] Things pending
gk/a_test.go:13
------------------------------
  Progress Report for Ginkgo Process #2
  Automatically polling progress:
    [k8s.io] Things should time out (Spec Runtime: 1.001s)
      gk/a_test.go:11
  ------------------------------
• [TIMEDOUT] [1.001 seconds]
[k8s.io] Things [It] should time out
gk/a_test.go:11
`;

const readIn = (pieces: readonly string[]) => {
  const specs: FinishedSpec[] = [];
  const slow: string[] = [];
  const broken: string[] = [];
  const stream = new GinkgoStream({
    onSpec: (spec) => specs.push(spec),
    onRunning: (name) => slow.push(name),
    onSuiteFailure: (text) => broken.push(text),
  });
  for (const piece of pieces) stream.push(piece);
  stream.end();
  return { specs, slow, broken };
};

test("specs are told with state, time and what they printed, and slow ones while they run", () => {
  expect(readIn([printed])).toEqual({
    specs: [
      {
        name: "[k8s.io] Things should pass [Conformance]",
        state: "passed",
        durationMs: 250,
        output:
          "gk/a_test.go:7\n\n  Timeline >>\n  ------------------------------\n  • [9.000 seconds]\n  << Timeline",
      },
      {
        name: "[k8s.io] Things should skip",
        state: "skipped",
        durationMs: 0,
        output: "gk/a_test.go:8\n\n  [SKIPPED] no such thing here",
      },
      {
        name: "[k8s.io] Things should fail [Serial]",
        state: "failed",
        durationMs: 2,
        output: "[BeforeEach] gk/framework.go:49\n\n  [FAILED] Expected",
      },
      {
        name: "[k8s.io] Things pending",
        state: "pending",
        durationMs: 0,
        output: "gk/a_test.go:13",
      },
      {
        name: "[k8s.io] Things should time out",
        state: "timedout",
        durationMs: 1001,
        output: "gk/a_test.go:11",
      },
    ],
    slow: ["[k8s.io] Things should time out"],
    broken: [],
  });
});

test("a report of the first minute is not in what a spec printed, and one of later is", () => {
  const report = (time: string) =>
    `  Automatically polling progress:\n    [k8s.io] Slow (Spec Runtime: ${time})\n      a.go:1\n\n      Spec Goroutine\n      goroutine 1 [select]\n`;
  const head = "• [70.000 seconds]\n[k8s.io] Slow\n";
  const text = `  Timeline >>\n  STEP: one\n${report("3.001s")}  STEP: two\n${report("1m3.002s")}  << Timeline\n`;
  const { specs, slow } = readIn([`${"-".repeat(30)}\n${head}${text}${"-".repeat(30)}\n`]);
  expect(specs.map(({ output }) => output)).toEqual([
    `Timeline >>\n  STEP: one\n  STEP: two\n${report("1m3.002s")}  << Timeline`,
  ]);
  expect(slow).toEqual([]);
});

test("what comes in pieces of any size is the same", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(printed.length), { maxLength: 30 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), printed.length];
      const pieces = places.slice(1).map((end, index) => printed.slice(places[index], end));
      expect(readIn(pieces)).toEqual(readIn([printed]));
    }),
  );
});

test("a suite that breaks before its first spec is told with what it says", () => {
  const text = "[BeforeSuite] [FAILED] [0.100 seconds]\n[BeforeSuite] \nutil.go:98\n\n  no socket";
  const { specs, broken } = readIn([`${"-".repeat(30)}\n${text}\n${"-".repeat(30)}\n`]);
  expect({ specs, broken }).toEqual({ specs: [], broken: [text] });
});

test("a spec that prints without end takes a bounded memory", () => {
  const flood = `${"-".repeat(30)}\n• [1.000 seconds]\n[k8s.io] Loud\n${"  more\n".repeat(100_000)}`;
  const [spec] = readIn([flood]).specs;
  expect(spec?.output.length).toBeLessThan(70_000);
});

test("a spec is told however long it was reported to be slow before", () => {
  const reports = `    [k8s.io] Slow (Spec Runtime: 60.0s)\n${"      goroutine\n".repeat(10_000)}`;
  const { specs, slow } = readIn([
    `${"-".repeat(30)}\n${reports}  ${"-".repeat(30)}\n• [FAILED] [90.000 seconds]\n[k8s.io] Slow\n${"-".repeat(30)}\n`,
  ]);
  expect({ states: specs.map(({ state }) => state), slow }).toEqual({
    states: ["failed"],
    slow: ["[k8s.io] Slow"],
  });
});

test("of a spec that prints much what it failed for is told, which stands at the end", () => {
  const noise = "    at some/line of a goroutine.go:12\n".repeat(10_000);
  const { specs } = readIn([
    `• [FAILED] [1.000 seconds]\nspec [It] one\n${noise}  [FAILED] Expected\n`,
  ]);
  expect(specs[0]?.output.endsWith("[FAILED] Expected")).toBe(true);
});
