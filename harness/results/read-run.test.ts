import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { errorCodeOf } from "../core/errors.ts";
import { tempDir } from "../core/tmp.ts";
import { readRun } from "./read-run.ts";
import { startRunRecorder } from "./run-recorder.ts";
import { sampleFacts, sampleRun } from "./testing/sample-run.ts";

const writeSample = (directory: string): void => {
  const recorder = startRunRecorder(directory, sampleFacts, { reports: [] });
  for (const check of sampleRun.checks) recorder.checkFinished(check);
  recorder.finish();
};

test("half a last line and a damaged line are left out and reported", async () => {
  await using dir = await tempDir();
  writeSample(dir.path);
  appendFileSync(join(dir.path, "events.jsonl"), '{"kind":"nonsense"}\n{"kind":"check-fin');
  const { events, problems } = readRun(dir.path);
  expect([events.length, problems]).toEqual([
    8,
    ["events.jsonl line 9 is not an event", "events.jsonl ends in half a line of 18 bytes"],
  ]);
});

test("missing events are reported; a missing run.json is refused", async () => {
  await using dir = await tempDir();
  writeSample(dir.path);
  rmSync(join(dir.path, "events.jsonl"));
  expect(readRun(dir.path).problems).toEqual(["events.jsonl is missing"]);
  rmSync(join(dir.path, "run.json"));
  expect(() => readRun(dir.path)).toThrow(`${join(dir.path, "run.json")} cannot be read`);
});

test("a newer schema is refused with what to do; fields of a later addition are ignored", async () => {
  await using dir = await tempDir();
  writeSample(dir.path);
  const path = join(dir.path, "run.json");
  writeFileSync(path, JSON.stringify({ ...sampleRun, addedLater: true }));
  expect(readRun(dir.path).run).toEqual(sampleRun);
  writeFileSync(path, JSON.stringify({ ...sampleRun, schemaVersion: 2 }));
  expect(() => readRun(dir.path)).toThrow(
    expect.objectContaining({
      code: "RESULTS_INVALID",
      message: `${path} has schemaVersion 2; this Bootwright reads up to 1`,
      hint: "Use the Bootwright that wrote it, or a newer one",
    }),
  );
});

test("every problem of a wrong run.json is named with its path", async () => {
  await using dir = await tempDir();
  writeSample(dir.path);
  const wrong = { ...sampleRun, verdict: "green", host: { ...sampleRun.host, cores: -1 } };
  writeFileSync(join(dir.path, "run.json"), JSON.stringify(wrong));
  expect(() => readRun(dir.path)).toThrow(/verdict: .*; host\.cores: /);
});

test("any bytes in either file give a run or RESULTS_INVALID, nothing else", async () => {
  await using dir = await tempDir();
  writeSample(dir.path);
  const damaged = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((json) => Buffer.from(json)),
  );
  fc.assert(
    fc.property(damaged, fc.constantFrom("run.json", "events.jsonl"), (bytes, file) => {
      writeFileSync(join(dir.path, file), bytes);
      try {
        readRun(dir.path);
      } catch (error) {
        expect(errorCodeOf(error)).toBe("RESULTS_INVALID");
      }
      writeFileSync(join(dir.path, "run.json"), JSON.stringify(sampleRun));
    }),
  );
});
