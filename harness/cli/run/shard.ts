import { UsageError } from "../../core/errors.ts";

/** One of `count` parts of equal size, as different machines take them; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export const wholeRun: Shard = { index: 1, count: 1 };

/**
 * Reads `2/3`.
 * @throws {UsageError}
 */
export const parseShard = (text: string): Shard => {
  const [, index, count] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index > count) {
    throw new UsageError(`Expected a shard as 1/3, got ${JSON.stringify(text)}`, {
      hint: "The first number counts from 1 to the second, the number of shards",
    });
  }
  return { index, count };
};

/** Every item is in exactly one shard; neighbours are in different ones, because they often cost alike. */
export const itemsOfShard = <T>(items: readonly T[], { index, count }: Shard): readonly T[] =>
  items.filter((_, at) => at % count === index - 1);
