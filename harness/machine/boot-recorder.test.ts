import { readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import { KiB } from "../core/units.ts";
import { createBootRecorder } from "./boot-recorder.ts";

test("the console is kept raw and with its times, QMP one message a line", async () => {
  await using directory = await tempDir();
  const recorder = createBootRecorder(directory.path, "probe boot 01");
  recorder.console(Buffer.from("caf\u00c3"), 10);
  recorder.console(Buffer.from([0xc3]), 20);
  recorder.console(Buffer.from([0xa9, 0x0a]), 30);
  recorder.qmp("received", { event: "STOP" });
  recorder[Symbol.dispose]();
  const read = (name: string): string => readFileSync(join(directory.path, name), "utf8");
  expect(read("console.log")).toBe("caf\u00c3\u00e9\n");
  expect(read("console.cast").split("\n").slice(1)).toEqual([
    '[0.01,"o","caf\u00c3"]',
    '[0.02,"o",""]',
    '[0.03,"o","\u00e9\\n"]',
    "",
  ]);
  expect(JSON.parse(read("qmp.jsonl"))).toEqual({
    atMs: expect.any(Number),
    direction: "received",
    message: { event: "STOP" },
  });
});

test("a flood is kept up to the limit, and the record of times stays readable", async () => {
  await using directory = await tempDir();
  const recorder = createBootRecorder(directory.path, "flood", 64 * KiB);
  const chunk = Buffer.alloc(KiB, "x");
  for (let count = 0; count < 1000; count += 1) recorder.console(chunk, count);
  recorder[Symbol.dispose]();
  expect(statSync(join(directory.path, "console.log")).size).toBe(64 * KiB);
  const cast = readFileSync(join(directory.path, "console.cast"), "utf8");
  expect(cast.length).toBeLessThanOrEqual(128 * KiB);
  expect(() =>
    cast
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).not.toThrow();
});

test("a disk that fills up is told once, and later bytes are no error", async () => {
  await using directory = await tempDir();
  // Every write to /dev/full fails as on a full disk.
  symlinkSync("/dev/full", join(directory.path, "console.log"));
  const recorder = createBootRecorder(directory.path, "full");
  recorder.console(Buffer.from("one"), 0);
  recorder.console(Buffer.from("two"), 1);
  recorder[Symbol.dispose]();
  expect(await recorder.broken).toMatchObject({
    code: "HOST_RESOURCE",
    message: `Cannot write ${directory.path}/console.log`,
  });
});
