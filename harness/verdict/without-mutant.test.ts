import { expect, test } from "vitest";
import { withoutMutant } from "./without-mutant.ts";

test("names the checks that pass and that no mutant fails", () => {
  const control = {
    checks: [
      { id: "suite/b", state: "pass" },
      { id: "suite/a", state: "pass" },
      { id: "suite/killed", state: "pass" },
      { id: "suite/absent", state: "unsupported" },
      { id: "suite/broken", state: "fail" },
    ],
  } as const;
  expect(withoutMutant(control, [{ fails: ["suite/killed"] }, { fails: ["suite/other"] }])).toEqual(
    ["suite/a", "suite/b"],
  );
});
