import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { liveMarks, markProcess, sweepMarks } from "./process-mark.ts";
import { tempDir } from "./tmp.ts";

test("a mark counts while its process lives; an id that another process has now does not", async () => {
  await using dir = await tempDir();
  const marks = join(dir.path, "marks");
  expect(liveMarks(marks)).toEqual([]);
  using mark = markProcess(marks);
  writeFileSync(mark.path, "what it uses\n");
  const [pid, start, namespace, boot] = basename(mark.path).split("-");
  for (const name of [
    `${pid}-${Number(start) + 1}-${namespace}-${boot}`, // the id was given away
    `${pid}-${start}-${namespace}-0123456789abcdef`, // before the host booted
    "notes.txt",
  ])
    writeFileSync(join(marks, name), "");
  const elsewhere = `7-1-99-${boot}`;
  writeFileSync(join(marks, elsewhere), "theirs\n");
  expect(liveMarks(marks).toSorted((a, b) => a.pid - b.pid)).toEqual([
    { pid: 7, isOwn: false, text: "theirs\n" },
    { pid: process.pid, isOwn: true, text: "what it uses\n" },
  ]);
  sweepMarks(marks);
  expect(readdirSync(marks).toSorted()).toEqual(
    [basename(mark.path), elsewhere, "notes.txt"].toSorted(),
  );
});

test("a mark goes when it is disposed", async () => {
  await using dir = await tempDir();
  {
    using _mark = markProcess(dir.path);
    expect(liveMarks(dir.path).map(({ pid }) => pid)).toEqual([process.pid]);
  }
  expect(readdirSync(dir.path)).toEqual([]);
});
