import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../../core/tmp.ts";
import { bootLine } from "./boot-line.ts";
import { bootsOfImage } from "./boots-of-image.ts";
import { exportLines } from "./export-lines.ts";
import type { HistoryBoot } from "./history-boot.ts";
import { importLines } from "./import-lines.ts";
import { importRuns } from "./import-runs.ts";
import { keepLines, keptLines, keptLinesPath } from "./kept-lines.ts";
import { openHistory } from "./open-history.ts";
import { runOf, sampleHistoryBoot, writeRun } from "./testing/sample-boots.ts";

async function* piecesOf(text: string, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const boot = (bootId: string, more: Partial<HistoryBoot> = {}): HistoryBoot => ({
  ...sampleHistoryBoot,
  bootId,
  ...more,
});

test("lines that one host exported and another imported are exported as the same text", async () => {
  await using dir = await tempDir();
  using here = openHistory(join(dir.path, "here.sqlite"));
  using there = openHistory(join(dir.path, "there.sqlite"));
  importRuns(here, [
    writeRun(dir.path, "a", runOf(1, [1000.125, 1100])),
    writeRun(dir.path, "b", runOf(0, [2000])),
  ]);
  await importLines(here, piecesOf(bootLine(sampleHistoryBoot)));
  const text = [...exportLines(here)].join("");
  expect(await importLines(there, piecesOf(text, 7))).toEqual({
    boots: { added: 4, replaced: 0, known: 0 },
    badLines: 0,
    problems: [],
  });
  expect([...exportLines(there)].join("")).toBe(text);
  expect((await importLines(there, piecesOf(text))).boots).toEqual({
    added: 0,
    replaced: 0,
    known: 4,
  });
});

test("a line is a boot with everything that a comparison needs", () => {
  expect(JSON.parse(bootLine(sampleHistoryBoot))).toEqual({ schema: 1, ...sampleHistoryBoot });
});

test("an export can be of one image", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const other = bootLine(boot("02", { image: "traditional" }));
  await importLines(history, piecesOf(bootLine(boot("01")) + other));
  expect([...exportLines(history, { image: "traditional" })]).toEqual([other]);
});

test("bad lines are told by number, and the others are taken in", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const text = [
    bootLine(boot("01")),
    "{half a line\u001b[31m\n",
    "\n",
    bootLine(boot("02")).replace('"schema":1', '"schema":2'),
    `${"x".repeat(200_000)}\n`,
    bootLine(boot("03")).replace('"kernel"', '"coffee"'),
    '{"schema":1}\n',
    "null\n",
    bootLine(boot("04")).trimEnd(),
  ].join("");
  const imported = await importLines(history, piecesOf(text));
  expect(imported).toMatchInlineSnapshot(`
    {
      "badLines": 6,
      "boots": {
        "added": 2,
        "known": 0,
        "replaced": 0,
      },
      "problems": [
        "line 2: it is not JSON: {half a line\\x1b[31m",
        "line 4: its schema is 2, expected 1",
        "line 5: it has more than 65536 bytes",
        "line 6: phases.1.name: Invalid option: expected one of "firmware"|"loader"|"kernel"|"initrd"|"userspace"|"containerd-ready"|"cri-ready"|"kubelet-healthy"|"node-ready"",
        "line 7: runId: Invalid input: expected string, received undefined",
        "line 8: its schema is missing, expected 1",
      ],
    }
  `);
  const kept = bootsOfImage(history, { image: "reference" }).map(({ bootId }) => bootId);
  expect(kept).toEqual(["01", "04"]);
});

test("a flood of bad lines is counted, and twenty are told", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const { badLines, problems } = await importLines(history, piecesOf("x\n".repeat(5000)));
  expect([badLines, problems.length]).toEqual([5000, 20]);
});

test("imported lines are kept for a rebuild, new ones only", async () => {
  await using dir = await tempDir();
  using history = openHistory(join(dir.path, "history.sqlite"));
  const text = bootLine(boot("01")) + bootLine(boot("02"));
  await importLines(history, piecesOf(text));
  await importLines(history, piecesOf(text + bootLine(boot("03"))));
  expect(readFileSync(keptLinesPath(history.path), "utf8")).toBe(text + bootLine(boot("03")));
});

test("half a line that a full disk left does not spoil the next one", async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "history.sqlite");
  keepLines(path, "first\n");
  appendFileSync(keptLinesPath(path), "ha");
  keepLines(path, "second\n");
  expect(Buffer.concat([...keptLines(path)]).toString()).toBe("first\nha\nsecond\n");
});
