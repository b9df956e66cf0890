import fc from "fast-check";
import { expect, test } from "vitest";
import { bootRecordSchema } from "./run-record.ts";
import { arbitraryRun } from "./testing/arbitrary-run.ts";
import { deadBoot } from "./testing/sample-run.ts";

test("a failed boot reads back from its JSON as it was, with and without pattern and phase", () => {
  fc.assert(
    fc.property(arbitraryRun, ({ boots }) => {
      const read = boots.map((boot) => bootRecordSchema.parse(JSON.parse(JSON.stringify(boot))));
      expect(read).toEqual(boots);
    }),
  );
});

test("a pattern of a newer Bootwright is taken, text that is no id is not", () => {
  const isTaken = (pattern: string): boolean =>
    bootRecordSchema.safeParse({ ...deadBoot, failure: { ...deadBoot.failure, pattern } }).success;
  expect(["not-known-yet", "\u001b[2J", "", "x".repeat(65)].map(isTaken)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
