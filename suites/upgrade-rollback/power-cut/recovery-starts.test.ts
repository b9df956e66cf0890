import { expect, test } from "vitest";
import { recoveryStarts } from "./recovery-starts.ts";

const state = (
  name: string,
  phase: "before" | "under-way" | "acknowledged",
  isWhole: "old" | "new" | "neither",
  isBad = false,
) => ({ name, phase, isWhole, isBad, outcome: "any" });

const all = [
  state("1.prefix.whole", "before", "old"),
  state("20.prefix.whole", "under-way", "old"),
  state("21.drop-20.whole", "under-way", "old"),
  state("40.none.whole", "acknowledged", "new"),
  state("30.prefix.whole", "under-way", "new"),
  state("31.prefix.torn-31-1", "under-way", "neither", true),
];

const names = (count: number) => recoveryStarts(all, count).map(({ name }) => name);

test("of two, one starts each release, and the update was under way", () => {
  expect(names(2)).toEqual(["21.drop-20.whole", "30.prefix.whole"]);
});

test("then those after the acknowledgement; a bad state begins none", () => {
  expect(names(6)).toEqual([
    "21.drop-20.whole",
    "30.prefix.whole",
    "20.prefix.whole",
    "40.none.whole",
    "1.prefix.whole",
  ]);
});

test("where only one release starts, all are of that", () => {
  const old = all.filter(({ isWhole }) => isWhole === "old");
  expect(recoveryStarts(old, 2).map(({ name }) => name)).toEqual([
    "21.drop-20.whole",
    "20.prefix.whole",
  ]);
  expect(recoveryStarts([], 2)).toEqual([]);
});
