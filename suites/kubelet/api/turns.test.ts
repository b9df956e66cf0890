import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("so many have their turn at once; the next comes when what follows one is over, failed or not", async () => {
  const turns = new Turns(2);
  const seen: string[] = [];
  const end = Promise.withResolvers<void>();
  const never = new Promise<void>(() => undefined);
  const take = async (name: string, follow: Promise<void>): Promise<string> =>
    await turns.take(
      async () => {
        seen.push(name);
        return name;
      },
      () => follow,
    );
  const first = [take("a", end.promise), take("b", never)];
  const last = take("c", never);
  expect(await Promise.all(first)).toEqual(["a", "b"]);
  expect(seen).toEqual(["a", "b"]);
  end.reject(new Error("late"));
  expect(await last).toBe("c");
  expect(seen).toEqual(["a", "b", "c"]);
});

test("what cannot be made gives its turn back", async () => {
  const turns = new Turns(1);
  const refused = Array.from({ length: 3 }, () =>
    turns.take(
      () => Promise.reject(new Error("refused")),
      () => expect.unreachable(),
    ),
  );
  const made = turns.take(
    async () => "made",
    async () => undefined,
  );
  expect((await Promise.allSettled(refused)).map(({ status }) => status)).toEqual([
    "rejected",
    "rejected",
    "rejected",
  ]);
  expect(await made).toBe("made");
});
