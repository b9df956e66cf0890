import { expect, test } from "vitest";
import { waitedMs } from "./time-limit.ts";

test("how long a spec waited in vain is what its last failure says", () => {
  const output =
    "Timeline >>\n  Timed out after 9.000s.\n  [FAILED] in [It] - a.go:1\n  << Timeline\n\n  [FAILED] Timed out after 60.008s.\n  Expected success";
  expect(waitedMs(output)).toBe(60_008);
  expect(waitedMs("[FAILED] rpc error: code = DeadlineExceeded")).toBeUndefined();
});
