import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import { claimBootDirectory, readTimeline, writeTimeline } from "./boot-directory.ts";
import { createRunDirectory } from "./run-directory.ts";
import { sampleBoot } from "./testing/sample-run.ts";

const how = { accel: "tcg", measure: "wall" } as const;

test("boots are numbered from 01 and have a timeline from the start", async () => {
  await using dir = await tempDir();
  const run = createRunDirectory(join(dir.path, "run"));
  const ids = [claimBootDirectory(run, how).id, claimBootDirectory(run, how).id];
  expect([ids, readTimeline(join(run, "boots/02"))]).toEqual([
    ["01", "02"],
    { schemaVersion: 1, phases: [], totalMs: 0, ...how },
  ]);
});

test("a number that another process has taken is passed over", async () => {
  await using dir = await tempDir();
  const run = createRunDirectory(join(dir.path, "run"));
  mkdirSync(join(run, "boots/99"));
  expect([claimBootDirectory(run, how).id, claimBootDirectory(run, how).id]).toEqual([
    "100",
    "101",
  ]);
});

test("a timeline reads back as written; a newer or endless one is refused", async () => {
  await using dir = await tempDir();
  const timeline = sampleBoot.timeline;
  if (timeline === undefined) throw new Error("the sample has a timeline");
  writeTimeline(dir.path, timeline);
  expect(readTimeline(dir.path)).toEqual(timeline);
  const path = join(dir.path, "timeline.json");
  writeFileSync(path, JSON.stringify({ ...timeline, schemaVersion: 2 }));
  expect(() => readTimeline(dir.path)).toThrow(
    `${path} has schemaVersion 2; this Bootwright reads up to 1`,
  );
  writeFileSync(path, " ".repeat(300_000));
  expect(() => readTimeline(dir.path)).toThrow(`${path} cannot be read`);
});

test("a run directory must be new or empty, and a file in the way is a usage error", async () => {
  await using dir = await tempDir();
  const file = join(dir.path, "file");
  writeFileSync(file, "");
  expect(() => createRunDirectory(dir.path)).toThrow(
    `Run directory ${dir.path} must be empty or absent; it holds 1 entry`,
  );
  expect(() => createRunDirectory(file)).toThrow("a file is in the way");
  expect(() => createRunDirectory(join(file, "below"))).toThrow("a file is in the way");
  expect(readdirSync(createRunDirectory(join(dir.path, "a/b")))).toEqual(["boots"]);
});
