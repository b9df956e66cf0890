import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { array, assert, property, uint8Array } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TempDir, tempDir } from "../core/tmp.ts";
import type { CrashState } from "./crash-state.ts";
import { crashStatesOf, type PhasedState } from "./crash-states.ts";
import { isMarkEntry } from "./marks.ts";
import { anyLogged } from "./testing/any-logged.ts";
import { applied } from "./testing/reference-states.ts";
import { encodeWriteLog, type Logged } from "./testing/write-log-bytes.ts";
import { openWorkingDisk } from "./working-disk.ts";
import { openWriteLog } from "./write-log.ts";

const sectors = 64;
const diskBytes = sectors * 512;
const markOffset = diskBytes; // nowhere

let work: TempDir;
beforeAll(async () => {
  work = await tempDir("states");
});
afterAll(() => work[Symbol.asyncDispose]());

const inWork = (name: string, bytes: Uint8Array): string => {
  const path = join(work.path, name);
  writeFileSync(path, bytes);
  return path;
};

const anyEntries = array(anyLogged(512, sectors), { maxLength: 14 });
const anyDisk = uint8Array({ minLength: diskBytes, maxLength: diskBytes });

/** The state by the definition of what it is, without a window. */
const expectedBytes = (disk: Uint8Array, entries: readonly Logged[], state: CrashState): Buffer => {
  const { entry, windowStart, others, exceptions } = state;
  const kept = entries.slice(0, entry + 1).map((logged, index) => {
    const isFua = logged.kind === "write" && ((logged.flags ?? 0) & 2) !== 0;
    const reach = index < windowStart || isFua ? sectors : others;
    return { logged, reach: exceptions.get(index) ?? reach };
  });
  return applied(Buffer.from(disk), kept);
};

test("The working disk has the bytes of each state, however it got there, and equal keys mean equal bytes", () => {
  assert(
    property(anyDisk, anyEntries, (disk, entries) => {
      using log = openWriteLog(inWork("log", encodeWriteLog(entries)));
      const states = crashStatesOf(log, { markOffset });
      // In two files, that a write may lie in both of.
      const border = 37 * 512;
      const segments = [
        { path: inWork("disk-0", disk.subarray(0, border)), startByte: 0, sizeBytes: border },
        {
          path: inWork("disk-1", disk.subarray(border)),
          startByte: border,
          sizeBytes: diskBytes - border,
        },
      ];
      const ranges = [
        { startByte: 0, sizeBytes: diskBytes / 2 },
        { startByte: diskBytes / 2, sizeBytes: diskBytes / 2 },
      ];
      using working = openWorkingDisk({
        ...{ segments, originPath: join(work.path, "origin"), log, ranges },
        isLeftOut: (entry) => isMarkEntry(entry, markOffset),
      });
      const bytesOfKey = new Map<string, string>();
      for (const state of states.all()) {
        working.moveTo(state);
        const bytes = Buffer.concat(segments.map(({ path }) => readFileSync(path)));
        expect(bytes.equals(expectedBytes(disk, entries, state))).toBe(true);
        const key = ranges.map((range) => working.contentKey(range)).join();
        const seen = bytesOfKey.get(key) ?? bytes.toString("hex");
        expect(bytes.toString("hex")).toBe(seen);
        bytesOfKey.set(key, seen);
      }
      expect(new Set(bytesOfKey.values()).size).toBe(bytesOfKey.size);
    }),
    { numRuns: 60 },
  );
});

test("A state's name makes the same state again, and no two states have one name", () => {
  assert(
    property(anyEntries, (entries) => {
      using log = openWriteLog(inWork("log", encodeWriteLog(entries)));
      const states = crashStatesOf(log, { markOffset });
      const all = [...states.all()];
      expect(all.map(({ name }) => states.named(name))).toEqual(all);
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    }),
  );
});

test("The same seed gives the same states, and a sample has each epoch", () => {
  assert(
    property(anyEntries, (entries) => {
      using log = openWriteLog(inWork("log", encodeWriteLog(entries)));
      const states = crashStatesOf(log, { markOffset, seed: 7 });
      const names = (from: Iterable<PhasedState>) => [...from].map(({ name }) => name);
      const all = names(states.all());
      expect(names(crashStatesOf(log, { markOffset, seed: 7 }).all())).toEqual(all);
      const sample = names(states.sample(5));
      expect(sample).toEqual(names(states.sample(5)));
      expect(all.filter((name) => sample.includes(name))).toEqual(sample);
      expect(sample.length).toBeGreaterThanOrEqual(Math.min(5, all.length));
      expect(names(states.sample(1_000_000))).toEqual(all);
      expect(states.count()).toBe(all.length);
    }),
  );
});

test("A disk of larger units tears a write at their borders only", () => {
  const write = (sector: number, sectors: number): Logged => ({
    ...{ kind: "write", sector, data: new Uint8Array(sectors * 512) },
  });
  const tornOf = (entries: readonly Logged[], atomicBytes: number) => {
    using log = openWriteLog(inWork("log", encodeWriteLog(entries)));
    const states = [...crashStatesOf(log, { markOffset, atomicBytes }).all()];
    return states.flatMap(({ exceptions }) => [...exceptions.values()]);
  };
  expect(tornOf([write(8, 8)], 4096)).toEqual([]);
  expect(tornOf([write(6, 4)], 4096)).toEqual([2]);
  expect(tornOf([write(8, 16)], 4096)).toEqual([8]);
  expect(tornOf([write(8, 32)], 4096).filter((sectors) => sectors % 8 !== 0)).toEqual([]);
  expect(tornOf([write(8, 2)], 512)).toEqual([1]);
});

test("Half of a sample lies around the acknowledgement", () => {
  const offset = 40 * 512;
  const block = Buffer.alloc(4096);
  block.write("OSMARK:0:ACK");
  const write: Logged = { kind: "write", sector: 0, data: Buffer.alloc(512) };
  const entries: readonly Logged[] = [
    ...Array.from({ length: 60 }, () => write),
    { kind: "write", sector: offset / 512, data: block },
    ...Array.from({ length: 60 }, () => write),
  ];
  using log = openWriteLog(inWork("log", encodeWriteLog(entries)));
  const sample = [...crashStatesOf(log, { markOffset: offset }).sample(40)];
  expect(sample.length).toBe(40);
  // The subsets at the mark itself are among them, and all others would be far away.
  const near = sample.filter(({ entry }) => entry >= 45 && entry <= 62);
  expect(near.length).toBeGreaterThanOrEqual(20);
});
