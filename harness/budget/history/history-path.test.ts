import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { tempDir } from "../../core/tmp.ts";
import { findRunDirectories } from "./find-run-directories.ts";
import { historyPath } from "./history-path.ts";
import { runOf, writeRun } from "./testing/sample-boots.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the history lies beside the run directories, or where the variable says", () => {
  vi.stubEnv("BOOTWRIGHT_HISTORY", "");
  const usual = historyPath();
  vi.stubEnv("BOOTWRIGHT_HISTORY", "/srv/history.sqlite");
  expect([usual, historyPath()]).toEqual([
    resolve("bootwright-runs/history.sqlite"),
    "/srv/history.sqlite",
  ]);
});

test("a run directory is one with a run.json; without a parent there is none", async () => {
  await using dir = await tempDir();
  mkdirSync(join(dir.path, "notes"));
  writeRun(dir.path, "b", runOf(0, []));
  writeRun(dir.path, "a", runOf(1, []));
  expect([findRunDirectories(dir.path), findRunDirectories(join(dir.path, "none"))]).toEqual([
    [join(dir.path, "a"), join(dir.path, "b")],
    [],
  ]);
});
