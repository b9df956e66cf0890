import { expect, test } from "vitest";
import { messageOf, waitedMs } from "./time-limit.ts";

test("how long a spec waited in vain is what its last failure says", () => {
  const output =
    "Timeline >>\n  Timed out after 9.000s.\n  [FAILED] in [It] - a.go:1\n  << Timeline\n\n  [FAILED] Timed out after 60.008s.\n  Expected success";
  expect(waitedMs(output)).toBe(60_008);
  expect(waitedMs("[FAILED] rpc error: code = DeadlineExceeded")).toBeUndefined();
});

test("so it is where the failure begins with other words", () => {
  const output =
    '[FAILED] expected pod "x" success: Timed out after 300.001s.\n  In [It] at: a.go:1';
  expect(waitedMs(output)).toBe(300_001);
});

test("a message ends before its place, however much a guest put between", () => {
  const output = `[FAILED] no\n  answer${"\n".repeat(65_536)}  In [It] at: a.go:1 @ 11/30/26\n  more`;
  expect(messageOf(output, "FAILED")).toBe("no answer");
});
