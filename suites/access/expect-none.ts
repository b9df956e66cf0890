import { expect } from "../../harness/index.ts";

/** Fails with the names of what was found: an assertion on a list alone only tells how many there are. */
export const expectNone = (what: string, found: Iterable<string>): void => {
  const names = [...new Set(found)].toSorted();
  expect(names, `${what}: ${names.join(", ").slice(0, 1000)}`).toEqual([]);
};
