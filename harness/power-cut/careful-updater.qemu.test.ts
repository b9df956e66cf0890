// The engine tells a careful updater from careless ones, on writes of real guests.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import { judgePowerCuts, type PowerCuts, rebuildState } from "./power-cuts.ts";
import { configOracle } from "./testing/config-oracle.ts";
import {
  createUpdateRecorder,
  releaseContent,
  type UpdateRecorder,
} from "./testing/recorded-update.ts";

let recorder: UpdateRecorder;
beforeAll(async () => {
  recorder = await createUpdateRecorder();
});
afterAll(() => recorder[Symbol.asyncDispose]());

const judged = async (way: string, mountOptions: readonly string[] = []): Promise<PowerCuts> => {
  const { base, log } = await recorder.record(way, mountOptions);
  return await judgePowerCuts({ base, log, oracle: configOracle(), level: "full" });
};

/** What was found that is wrong, with the phase in which it was. */
const badOutcomes = ({ classes }: PowerCuts): readonly string[] => [
  ...new Set(
    classes.filter(({ isBad }) => isBad).map(({ phase, outcome }) => `${phase}: ${outcome}`),
  ),
];

test("A new file that is synced, renamed over the old one, and whose directory is synced is never lost", async () => {
  const cuts = await judged("correct");
  expect({ bad: cuts.bad, marks: cuts.marks.map(({ name }) => name) }).toEqual({
    bad: [],
    marks: ["BEGIN", "ACK", "END"],
  });
  expect(new Set(cuts.classes.map(({ isWhole }) => isWhole))).toEqual(new Set(["old", "new"]));
});

test.each([
  ["whose file is not synced", "no-file-fsync", ["noauto_da_alloc"], "acknowledged: empty"],
  ["whose directory is not synced", "no-directory-fsync", [], "acknowledged: old"],
  ["that is written in place", "in-place", [], "under-way: torn"],
  ["renamed before it is synced", "rename-before-fsync", ["noauto_da_alloc"], "under-way: empty"],
  ["that a file system without barriers holds", "correct", ["nobarrier"], "acknowledged: old"],
])("An update %s has bad states", async (_, way, mountOptions, expected) => {
  const cuts = await judged(way, mountOptions);
  expect(badOutcomes(cuts)).toContain(expected);
  expect(cuts.figures.bad).toBeGreaterThan(0);
});

test("A guest that boots a state finds what was judged without it", async () => {
  const { base, log } = await recorder.record("in-place", []);
  const oracle = configOracle();
  const { representatives } = await judgePowerCuts({ base, log, oracle, level: "quick" });
  const torn = representatives.find(({ outcome }) => outcome === "torn");
  await using work = await tempDir("state");
  const path = join(work.path, "state.raw");
  await rebuildState(base, log, torn?.name ?? "", path);
  const seen = await recorder.configOn({ path, format: "raw" });
  expect(seen.length).toBeGreaterThan(0);
  expect([releaseContent("v1"), releaseContent("v2")].some((one) => one.equals(seen))).toBe(false);
});
