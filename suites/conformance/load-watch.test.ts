import { expect, test, vi } from "vitest";
import type { BootedMachine } from "../../harness/index.ts";
import { LoadWatch } from "./load-watch.ts";

type Sample = BootedMachine["load"][number];

/** A machine with these samples, that stands still since. */
const machineOf = (
  ...samples: readonly (readonly [atMs: number, cpuMs: number, waitedMs: number])[]
) => {
  const load: Sample[] = samples.map(([atMs, cpuMs, waitedMs]) => ({ atMs, cpuMs, waitedMs }));
  return { load, sampleLoad: () => load.at(-1) };
};

test("only the last stretch counts, in both directions", () => {
  using calm = new LoadWatch(machineOf([0, 0, 0], [60_000, 1000, 50_000], [70_000, 9000, 50_100]));
  expect([calm.wasStarvedFor(10_000), calm.wasStarvedFor(70_000)]).toEqual([false, true]);
  using starved = new LoadWatch(machineOf([0, 0, 0], [60_000, 50_000, 0], [70_000, 50_100, 9000]));
  expect([starved.wasStarvedFor(10_000), starved.wasStarvedFor(70_000)]).toEqual([true, false]);
});

test("it samples again and again until it is disposed", async () => {
  const sampleLoad = vi.fn(() => undefined);
  const watch = new LoadWatch({ load: [], sampleLoad }, 5);
  await vi.waitFor(() => expect(sampleLoad.mock.calls.length).toBeGreaterThan(2));
  watch[Symbol.dispose]();
  expect(watch.wasStarvedFor(10)).toBe(false);
});
