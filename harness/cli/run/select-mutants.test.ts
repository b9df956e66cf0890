import { expect, test } from "vitest";
import { selectMutants } from "./select-mutants.ts";

const namesOf = (selection: Parameters<typeof selectMutants>[0]): readonly string[] =>
  selectMutants(selection).mutants.map(({ name }) => name);

test("without a pattern all are selected, and that is the whole proof", () => {
  expect(selectMutants({ level: "standard" }).isWhole).toBe(true);
});

test("several patterns select what any of them matches", () => {
  const only = ["reference+root-rw", "reference+slow-s*"];
  expect(namesOf({ only, level: "standard" }).toSorted()).toEqual(["root-rw", "slow-start"]);
});

test("some are not the whole proof", () => {
  expect(selectMutants({ only: ["reference+*"], level: "quick" }).isWhole).toBe(false);
});

test("a pattern that matches none is refused, also beside one that does", () => {
  const selection = { only: ["reference+root-rw", "reference+rot-rw"], level: "standard" } as const;
  expect(() => selectMutants(selection)).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: No mutant matches reference+rot-rw]`,
  );
});
