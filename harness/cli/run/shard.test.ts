import fc from "fast-check";
import { expect, test } from "vitest";
import { itemsOfShard, parseShard } from "./shard.ts";

test("a shard is a number and how many there are", () => {
  expect(parseShard("2/3")).toEqual({ index: 2, count: 3 });
});

test.each(["0/3", "4/3", "1", "1/0", "-1/2", "1/2/3", "a/b", ""])("no shard: %j", (text) => {
  expect(() => parseShard(text)).toThrow(/^Expected a shard as 1\/3, got /);
});

test("the shards together are everything, once", () => {
  const items = fc.array(fc.nat(), { maxLength: 50 });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 9 }), (all, count) => {
      const shards = Array.from({ length: count }, (_, at) =>
        itemsOfShard(all, { index: at + 1, count }),
      );
      expect(shards.flat().toSorted()).toEqual(all.toSorted());
    }),
  );
});
