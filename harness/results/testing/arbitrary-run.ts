import fc from "fast-check";
import {
  type BootFailure,
  bootFailureKinds,
  consolePhaseNames,
} from "../../verdict/boot-failure.ts";
import { states } from "../../verdict/state.ts";
import type { CheckRecord } from "../check-record.ts";
import type { BootRecord, RunRecord } from "../run-record.ts";
import { deadBoot, sampleCheck, sampleRun } from "./sample-run.ts";

/** Any text a guest can send: control characters, escapes, lone surrogates, XML, TAP and YAML syntax. */
const guestText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\u001b[2J",
        "\ud800",
        "\ufffe",
        "\uffff",
        "]]>",
        "<!--",
        "&amp;",
        "\n",
        "\r\n",
        "#",
        "\\",
        "\n  ...\nok 1",
        "\u202e",
        "\u0085",
        "\u2028",
        '"',
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const check: fc.Arbitrary<CheckRecord> = fc
  .record({
    state: fc.constantFrom(...states),
    reason: guestText,
    title: guestText,
    text: guestText,
    suite: fc.constantFrom("boot-time", "kubelet"),
    attempts: fc.array(
      fc.record({ state: fc.constantFrom(...states), durationMs: fc.nat(10_000) }),
      {
        maxLength: 3,
      },
    ),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    durationMs: fc.nat(100_000),
  })
  .map(({ state, reason, text, value, suite, ...more }) =>
    sampleCheck(
      `${suite}/check`,
      { state, reason },
      {
        ...more,
        suite,
        evidence: [{ kind: "exec", text }],
        figures: [{ name: text.slice(0, 50), value, unit: "s" }],
      },
    ),
  );

/** With and without each of what only a console can tell. */
const failure: fc.Arbitrary<BootFailure> = fc
  .record(
    {
      kind: fc.constantFrom(...bootFailureKinds),
      reason: guestText,
      witness: fc.constantFrom("console", "qmp", "process", "agent", "clock"),
      line: fc.integer({ min: 1, max: 1_000_000 }),
      pattern: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
      phase: fc.constantFrom(...consolePhaseNames),
      context: fc.array(guestText, { maxLength: 3 }),
    },
    { requiredKeys: ["kind", "reason", "witness"] },
  )
  .map((told) => ({ ...told }));

const boot: fc.Arbitrary<BootRecord> = failure.map((told) => ({ ...deadBoot, failure: told }));

export const arbitraryRun: fc.Arbitrary<RunRecord> = fc
  .record({
    checks: fc.array(check, { maxLength: 12 }),
    boots: fc.array(boot, { maxLength: 3 }),
    verdict: fc.constantFrom(...states),
    status: fc.constantFrom("running" as const, "finished" as const, "interrupted" as const),
    reason: guestText,
    hasReason: fc.boolean(),
  })
  .map(({ checks, boots, verdict, status, reason, hasReason }) => ({
    ...sampleRun,
    boots: boots.map((each, index) => ({ ...each, id: `0${index + 1}` })),
    checks: checks.map((each, index) => ({ ...each, id: `${each.id}-${index}` })),
    verdict,
    status,
    ...(hasReason ? { reason } : {}),
  }));
