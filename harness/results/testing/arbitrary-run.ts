import fc from "fast-check";
import { states } from "../../verdict/state.ts";
import type { CheckRecord } from "../check-record.ts";
import type { RunRecord } from "../run-record.ts";
import { sampleCheck, sampleRun } from "./sample-run.ts";

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

export const arbitraryRun: fc.Arbitrary<RunRecord> = fc
  .record({
    checks: fc.array(check, { maxLength: 12 }),
    verdict: fc.constantFrom(...states),
    status: fc.constantFrom("running" as const, "finished" as const, "interrupted" as const),
    reason: guestText,
    hasReason: fc.boolean(),
  })
  .map(({ checks, verdict, status, reason, hasReason }) => ({
    ...sampleRun,
    checks: checks.map((each, index) => ({ ...each, id: `${each.id}-${index}` })),
    verdict,
    status,
    ...(hasReason ? { reason } : {}),
  }));
