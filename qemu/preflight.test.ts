import { expect, test } from "vitest";
import { isAtLeast } from "./preflight/programs.ts";
import { preflightChecks } from "./preflight.ts";

test("every check has its own id and tells what it saw, and what to do unless all is well", async () => {
  const checks = preflightChecks();
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  for (const check of checks) {
    const { state, seen, remedy } = await check.run();
    expect(seen, check.id).not.toBe("");
    expect(remedy === undefined, check.id).toBe(state === "ok");
  }
}, 60_000);

test.each([
  ["1.47.1", true],
  ["1.47.0", false],
  ["1.48", true],
  ["2", true],
  ["1.46.9", false],
])("%s is at least 1.47.1: %s", (version, expected) => {
  expect(isAtLeast(version, [1, 47, 1])).toBe(expected);
});
