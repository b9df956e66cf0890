import { expect, test } from "vitest";
import { boundedCheck } from "./bounded-check.ts";
import { sampleCheck } from "./testing/sample-run.ts";

test("a reason within the limit stays whole, in the check and in each of its attempts", () => {
  const outcome = { state: "fail", reason: "no sshd in this image" } as const;
  const attempts = [1, 2, 3].map((durationMs) => ({ ...outcome, durationMs }));
  const check = sampleCheck("boot/units", outcome, { attempts });
  expect(boundedCheck(check)).toEqual(check);
});
