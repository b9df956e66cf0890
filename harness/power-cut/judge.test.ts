// The rule, the classes and the representatives, on a disk of a few sectors and an oracle that reads one of them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../core/tmp.ts";
import type { Oracle } from "./oracle.ts";
import { judgePowerCuts, rebuildState } from "./power-cuts.ts";
import { encodeWriteLog, type Logged } from "./testing/write-log-bytes.ts";

const markOffset = 4096;
const sector = (text: string): Uint8Array => {
  const bytes = Buffer.alloc(512);
  bytes.write(text);
  return bytes;
};
const mark = (text: string): Logged => {
  const data = Buffer.alloc(4096);
  data.write(text);
  return { kind: "write", sector: markOffset / 512, data };
};
const write = (at: number, text: string): Logged => ({
  kind: "write",
  sector: at,
  data: sector(text),
});

/** Two sectors must both be of one release. */
const oracle: Oracle = {
  name: "two sectors",
  judge: (view) => {
    const release = [0, 1].map((at) => view.read(at * 512, 2).toString()).join();
    if (release === "v1,v1") return { outcome: "v1", isWhole: "old", problems: [] };
    if (release === "v2,v2") return { outcome: "v2", isWhole: "new", problems: [] };
    return { outcome: "mixed", isWhole: "neither", problems: [] };
  },
};

const judged = async (entries: readonly Logged[]) => {
  await using work = await tempDir("judge");
  const [base, log] = [join(work.path, "base"), join(work.path, "log")];
  const disk = Buffer.alloc(2 * 1024 * 1024);
  Buffer.from(sector("v1")).copy(disk);
  Buffer.from(sector("v1")).copy(disk, 512);
  writeFileSync(base, disk);
  writeFileSync(log, encodeWriteLog(entries));
  const given = { base: { path: base, format: "raw" }, log, markOffset } as const;
  const cuts = await judgePowerCuts({ ...given, oracle, level: "full" });
  const rebuilt: string[] = [];
  for (const { name } of cuts.bad) {
    const path = join(work.path, "state");
    await rebuildState(given.base, log, name, path, { markOffset });
    const bytes = readFileSync(path);
    rebuilt.push([0, 512].map((at) => bytes.toString("latin1", at, at + 2)).join());
  }
  const bad = cuts.bad.map(({ name, phase, faults }) => [name, phase, ...faults].join(": "));
  return { cuts, bad, rebuilt };
};

test("States are judged by when the power went, and a bad one is made again by its name", async () => {
  const { cuts, bad, rebuilt } = await judged([
    mark("OSMARK:0:BEGIN"),
    write(0, "v2"),
    write(1, "v2"),
    mark("OSMARK:0:ACK"),
    { kind: "flush" },
    mark("OSMARK:0:END"),
    write(0, "xx"),
  ]);
  const neither = "Expected the old or the new release, whole, but neither is there";
  const late = "Expected the new release, whole, but";
  expect(bad).toEqual([
    `1.prefix.whole: under-way: ${neither}`,
    `3.mask-0.whole: acknowledged: ${late} the old one is there`,
    `3.mask-1.whole: acknowledged: ${late} neither is there`,
    `3.mask-2.whole: acknowledged: ${late} neither is there`,
    `4.mask-0.whole: acknowledged: ${late} the old one is there`,
    `4.mask-1.whole: acknowledged: ${late} neither is there`,
    `4.mask-2.whole: acknowledged: ${late} neither is there`,
  ]);
  expect(rebuilt).toEqual(["v2,v1", "v1,v1", "v2,v1", "v1,v2", "v1,v1", "v2,v1", "v1,v2"]);
  expect(cuts.figures).toMatchObject({ states: 11, bad: 7, distinct: 4 });
  expect(cuts.classes.map(({ phase, outcome, states }) => [phase, outcome, states])).toEqual([
    ["under-way", "v1", 1],
    ["under-way", "mixed", 1],
    ["under-way", "v2", 1],
    ["acknowledged", "v2", 2],
    ["acknowledged", "v1", 2],
    ["acknowledged", "mixed", 4],
  ]);
  expect(cuts.representatives.slice(0, 6).map(({ name }) => name)).toEqual([
    ...["0.prefix.whole", "1.prefix.whole", "2.prefix.whole", "5.prefix.whole"],
    ...["3.mask-0.whole", "3.mask-1.whole"],
  ]);
});

test("An update that writes, flushes, and then is acknowledged has only states that are mixed on its way", async () => {
  const { bad } = await judged([
    mark("OSMARK:0:BEGIN"),
    write(0, "v2"),
    write(1, "v2"),
    { kind: "flush" },
    mark("OSMARK:0:ACK"),
  ]);
  expect(bad.map((text) => text.split(":")[0])).toEqual([
    ...["1.prefix.whole", "3.mask-1.whole", "3.mask-2.whole"],
  ]);
});

test("One write of both sectors that is torn is mixed", async () => {
  const both = Buffer.concat([sector("v2"), sector("v2")]);
  const { bad } = await judged([
    mark("OSMARK:0:BEGIN"),
    { kind: "write", sector: 0, data: both },
    { kind: "flush" },
    mark("OSMARK:0:ACK"),
  ]);
  expect(bad.map((text) => text.split(":")[0])).toEqual(["1.prefix.torn-1-1"]);
});
