import { expect, test } from "vitest";
import { mergeMutants } from "./merge-mutants.ts";
import type { ControlRecord, MutantRecord, MutantsRecord } from "./mutants-record.ts";

const mutant = (name: string): MutantRecord => ({
  ...{
    image: `reference+${name}`,
    title: name,
    state: "pass",
    reason: "",
    accel: "tcg",
    attempts: 1,
  },
  ...{ fails: [], skips: [], checks: [] },
});
const control: ControlRecord = {
  ...{ image: "reference", profile: "reference", sha256: "0", accel: "tcg", verdict: "pass" },
  ...{ attempts: 1, checks: [] },
};
const shard = (more: Partial<MutantsRecord>): MutantsRecord => ({
  ...{ schemaVersion: 1, toolVersion: "1.0.0", startedAt: "2026-11-22T10:00:00Z" },
  ...{ level: "standard", controls: [], mutants: [] },
  ...more,
});

test("the shards of a run are one run, from when the first of them began", () => {
  const merged = mergeMutants(
    [
      shard({ mutants: [mutant("b")], startedAt: "2026-11-22T10:00:05Z" }),
      shard({ controls: [control], mutants: [mutant("a")], withoutMutant: [] }),
    ],
    ["reference+a", "reference+b"],
  );
  expect(merged).toEqual(
    shard({ controls: [control], mutants: [mutant("b"), mutant("a")], withoutMutant: [] }),
  );
});

test.each([
  ["nothing", [], "Nothing to merge: no mutants.json was given"],
  [
    "a mutant twice",
    [shard({ mutants: [mutant("a")] }), shard({ mutants: [mutant("a")] })],
    "reference+a is in more than one of the files to merge",
  ],
  [
    "runs by different versions",
    [shard({}), shard({ toolVersion: "1.1.0" })],
    "A run at level standard by 1.1.0 cannot be merged with one at level standard by 1.0.0",
  ],
  [
    "without one of the mutants",
    [shard({ controls: [control], withoutMutant: [] })],
    "These files are not the whole of the mutants: there is no run of reference+a",
  ],
  [
    "without the shard that has the unchanged images",
    [shard({ mutants: [mutant("a")] })],
    "These files are not the whole of the mutants: there is no run of the unchanged images",
  ],
] as const)("refused: %s", (_, shards, message) => {
  expect(() => mergeMutants(shards, ["reference+a"])).toThrow(message);
});
