import { expect, test } from "vitest";
import { selectMutants } from "./select-mutants.ts";

const namesOf = (selection: Parameters<typeof selectMutants>[0]): readonly string[] =>
  selectMutants(selection).mutants.map(({ name }) => name);

test("without a pattern all are selected, and that is the whole proof", () => {
  const { mutants, proof } = selectMutants({ level: "standard" });
  expect(proof).toEqual(mutants);
});

test("of shards the first answers for the unchanged images, by all mutants", () => {
  const { proof } = selectMutants({ level: "standard" });
  const [first, second] = [1, 2].map((index) =>
    selectMutants({ level: "standard", shard: { index, count: 2 } }),
  );
  expect([first?.proof, second?.proof]).toEqual([proof, undefined]);
  expect([...(first?.mutants ?? []), ...(second?.mutants ?? [])]).toHaveLength(proof?.length ?? 0);
});

test("several patterns select what any of them matches", () => {
  const only = ["reference+root-rw", "reference+slow-s*"];
  expect(namesOf({ only, level: "standard" }).toSorted()).toEqual(["root-rw", "slow-start"]);
});

test("some are not the whole proof", () => {
  expect(selectMutants({ only: ["reference+*"], level: "quick" }).proof).toBeUndefined();
});

test("a pattern that matches none is refused, also beside one that does", () => {
  const selection = { only: ["reference+root-rw", "reference+rot-rw"], level: "standard" } as const;
  expect(() => selectMutants(selection)).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: No mutant matches reference+rot-rw]`,
  );
});
