import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import { keptStates } from "./kept-states.ts";
import { type PowerCutRecord, powerCutFiles, powerCutFolder } from "./power-cut-record.ts";

const recovery = "upgrade-rollback/power-cut/ostree/recovery";

const leave = (runDirectory: string, record: Omit<PowerCutRecord, "schemaVersion">): void => {
  const folder = join(runDirectory, powerCutFiles.directory, powerCutFolder(record));
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ schemaVersion: 1, ...record });
  writeFileSync(join(folder, powerCutFiles.record), text);
};

const bad = [{ state: "4.prefix.whole", problems: ["no entry boots"] }];

test("the states of two recoveries of one check have names of their own, and each its log", async () => {
  await using dir = await tempDir();
  leave(dir.path, {
    check: recovery,
    disk: "system",
    after: "182.drop-176.whole",
    markOffset: 512,
    bad,
  });
  leave(dir.path, {
    check: recovery,
    disk: "system",
    after: "190.prefix.torn-190-1",
    markOffset: 512,
    bad,
  });
  leave(dir.path, {
    check: "upgrade-rollback/power-cut/ostree/v2",
    disk: "system",
    markOffset: 1024,
    bad,
  });
  expect(keptStates(dir.path, recovery)).toEqual([
    {
      ...{ ...bad[0], disk: "system", markOffset: 512, name: "182.drop-176.whole/4.prefix.whole" },
      folder: join(dir.path, "power-cuts/ostree-recovery-182-drop-176-whole"),
    },
    {
      ...{
        ...bad[0],
        disk: "system",
        markOffset: 512,
        name: "190.prefix.torn-190-1/4.prefix.whole",
      },
      folder: join(dir.path, "power-cuts/ostree-recovery-190-prefix-torn-190-1"),
    },
  ]);
});

test("where no check is named, the first with bad states is meant", async () => {
  await using dir = await tempDir();
  leave(dir.path, {
    check: "upgrade-rollback/power-cut/ostree/v2",
    disk: "system",
    markOffset: 1024,
    bad,
  });
  leave(dir.path, {
    check: "upgrade-rollback/power-cut/ostree/back",
    disk: "system",
    markOffset: 1024,
    bad: [],
  });
  leave(dir.path, { check: recovery, disk: "system", after: "1.none.whole", markOffset: 512, bad });
  expect(keptStates(dir.path).map(({ name }) => name)).toEqual(["1.none.whole/4.prefix.whole"]);
});

test("a run without bad states left none", async () => {
  await using dir = await tempDir();
  expect(keptStates(dir.path, recovery)).toEqual([]);
});
