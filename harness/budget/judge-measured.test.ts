import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeCounted, spreadOf, spreadText } from "./judge-measured.ts";

const kernel = { phase: "kernel", unit: "instructions", limit: 1000 } as const;

test("one boot is enough, for a count is the same in each", () => {
  expect([judgeCounted([1000], kernel), judgeCounted([1001], kernel)]).toEqual([
    {
      state: "pass",
      reason: "within budget: kernel took 1,000 instructions in one boot, budget 1,000",
    },
    {
      state: "fail",
      reason: "over budget by 0.1 %: kernel took 1,001 instructions in one boot, budget 1,000",
    },
  ]);
});

test("boots on both sides of the limit decide nothing", () => {
  expect(judgeCounted([990, 1010, 1011], kernel)).toEqual({
    state: "inconclusive",
    reason:
      "too noisy to say: 2 of 3 boots are over budget: kernel took 1,010 instructions (median of 3 boots; 990 to 1,011, 2.079 %), budget 1,000",
  });
});

test("the spread is zero only where all boots are equal", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1 }), (values) => {
      const { least, median, most, relative, boots } = spreadOf(values);
      expect(boots).toBe(values.length);
      expect(least <= median && median <= most).toBe(true);
      expect(relative === 0).toBe(new Set(values).size === 1);
    }),
  );
  expect(spreadText(spreadOf([5, 5]), "instructions")).toBe("5 instructions in each of 2 boots");
});
