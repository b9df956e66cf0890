import { expect, test } from "vitest";
import { type ClaimsTable, toClaimsTable, unanswered } from "./claims-table.ts";

const mutant = {
  title: "Title",
  reason: "exactly",
  accel: "tcg",
  attempts: 1,
  skips: [],
  checks: [],
} as const;

const table: ClaimsTable = {
  claims: [
    { id: "C01", title: "First" },
    { id: "C02", title: "Second" },
    { id: "C03", title: "Third" },
    { id: "C04", title: "Fourth", report: "A statement about the maker" },
  ],
  notClaimed: [{ id: "C02", reason: "not built so" }],
  control: {
    image: "reference",
    profile: "reference",
    sha256: "ab",
    accel: "tcg",
    verdict: "pass",
    attempts: 1,
    checks: [
      { id: "suite/z", claim: "C01", state: "pass" },
      { id: "suite/a", claim: "C01", state: "unsupported" },
      { id: "suite/other", state: "pass" },
    ],
  },
  mutants: [
    { ...mutant, image: "reference+one", state: "pass", fails: ["suite/z"] },
    { ...mutant, image: "reference+two", state: "fail", fails: ["suite/z"] },
  ],
};

test("a claim has one row a check, with the mutants that fail it and the result", () => {
  expect(toClaimsTable(table)).toMatchInlineSnapshot(`
    "| claim | what it says | check | fails on | result |
    |---|---|---|---|---|
    | C01 | First | \`suite/a\` | NONE | unsupported |
    |  |  | \`suite/z\` | one, two (NOT KILLED) | pass |
    | C02 | Second | – | – | not claimed: not built so |
    | C03 | Third | – | – | NOT ANSWERED |
    | C04 | Fourth | – | – | A statement about the maker |"
  `);
});

test("names the claims that nothing answers", () => {
  expect(unanswered(table)).toEqual(["C03"]);
});
