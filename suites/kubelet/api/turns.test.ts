import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("so many have their turn at once; the next comes when one is over, failed or not", async () => {
  const turns = new Turns(2);
  const seen: string[] = [];
  const ends = ["a", "b", "c"].map(() => Promise.withResolvers<void>());
  const all = ["a", "b", "c"].map(async (name, index) => {
    await turns.free();
    seen.push(name);
    await turns.until(ends[index]?.promise ?? Promise.resolve());
  });
  await Promise.resolve();
  expect(seen).toEqual(["a", "b"]);
  ends[0]?.reject(new Error("late"));
  await all[0];
  await Promise.resolve();
  expect(seen).toEqual(["a", "b", "c"]);
  for (const end of ends) end.resolve();
  await Promise.all(all);
});
