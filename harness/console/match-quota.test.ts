import { expect, test } from "vitest";
import { createMatchQuota } from "./match-quota.ts";

test("each pattern has twenty, its ignored matches twenty of their own, and a boot begins anew", () => {
  const quota = createMatchQuota();
  const takeAll = (): readonly number[] =>
    (
      [
        ["oops", false],
        ["oops", true],
        ["kernel-panic", false],
      ] as const
    ).map(
      ([pattern, isIgnored]) =>
        Array.from({ length: 30 }, () => quota.take(pattern, isIgnored)).filter(Boolean).length,
    );
  expect(takeAll()).toEqual([20, 20, 20]);
  expect(takeAll()).toEqual([0, 0, 0]);
  quota.refill();
  expect(takeAll()).toEqual([20, 20, 20]);
});
