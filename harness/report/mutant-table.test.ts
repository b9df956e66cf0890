import { expect, test } from "vitest";
import type { MutantsRecord } from "../results/mutants-record.ts";
import { toMutantTable } from "./mutant-table.ts";

const mutant = {
  title: "Title",
  state: "pass",
  reason: "exactly",
  accel: "tcg",
  attempts: 1,
  skips: [],
} as const;

const record: MutantsRecord = {
  schemaVersion: 1,
  toolVersion: "1",
  startedAt: "2026-11-22T10:00:00Z",
  level: "standard",
  controls: [
    {
      image: "reference",
      profile: "reference",
      sha256: "ab",
      accel: "tcg",
      verdict: "pass",
      attempts: 1,
      checks: [
        { id: "suite/long-name", state: "pass" },
        { id: "suite/b", state: "pass" },
      ],
    },
  ],
  mutants: [
    {
      ...mutant,
      image: "reference+one",
      fails: ["suite/b"],
      checks: [
        { id: "suite/long-name", state: "pass" },
        { id: "suite/b", state: "fail" },
      ],
    },
    {
      ...mutant,
      image: "reference+two",
      state: "fail",
      attempts: 2,
      fails: ["suite/b"],
      checks: [
        { id: "suite/long-name", state: "fail" },
        { id: "suite/b", state: "pass" },
      ],
    },
  ],
  withoutMutant: ["suite/long-name"],
};

test("the table has a line a check and a column a mutant, and marks what was not declared", () => {
  expect(toMutantTable(record)).toMatchInlineSnapshot(`
    "                 =  1  2
    suite/b          .  X  .!
    suite/long-name  .  .  X!   no mutant fails it

      1  reference+one: Title (killed)
      2  reference+two: Title (fail, try 2)
      =  reference unchanged: pass, 2 checks

    X fail   . pass   s skip   u unsupported   ? inconclusive   E error   ! not as declared"
  `);
});
