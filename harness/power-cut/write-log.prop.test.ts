import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { array, assert, constantFrom, nat, property, uint8Array } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TempDir, tempDir } from "../core/tmp.ts";
import { anyLogged } from "./testing/any-logged.ts";
import { encodeWriteLog, type Logged } from "./testing/write-log-bytes.ts";
import { openWriteLog, type WriteLog } from "./write-log.ts";

let work: TempDir;
beforeAll(async () => {
  work = await tempDir("log");
});
afterAll(() => work[Symbol.asyncDispose]());

const written = (bytes: Uint8Array): string => {
  const path = join(work.path, "log.bin");
  writeFileSync(path, bytes);
  return path;
};

/** What was read, in the words of the encoder. */
const asLogged = (log: WriteLog): readonly Logged[] =>
  log.entries.map((entry): Logged => {
    if (entry.kind === "flush") return { kind: "flush" };
    if (entry.kind === "mark") return { kind: "mark", text: entry.text };
    const sector = entry.startByte / log.sectorBytes;
    if (entry.kind === "discard")
      return { kind: "discard", sector, sectors: entry.sizeBytes / log.sectorBytes };
    const flags = (entry.isFlush ? 1 : 0) + (entry.isDurable ? 2 : 0);
    return {
      kind: "write",
      sector,
      data: Uint8Array.from(log.read(entry, 0, entry.sizeBytes)),
      flags,
    };
  });

test("Entries come out as they went in, whatever the superblock says of their number", () => {
  assert(
    property(
      array(anyLogged(512, 64), { maxLength: 20 }),
      constantFrom<number | "none">("none", 0, 1, 7, 1_000_000),
      (entries, stated) => {
        using log = openWriteLog(written(encodeWriteLog(entries, { stated })));
        expect({ entries: asLogged(log), end: log.end }).toEqual({
          entries,
          end: { kind: "complete" },
        });
      },
    ),
  );
});

test("A log of 4096-byte sectors is read in its own units", () => {
  assert(
    property(array(anyLogged(4096, 16), { maxLength: 6 }), (entries) => {
      using log = openWriteLog(written(encodeWriteLog(entries, { sectorBytes: 4096 })));
      expect(asLogged(log)).toEqual(entries);
    }),
  );
});

test("A log cut at any byte gives the entries before it, and says so unless it was cut between two", () => {
  assert(
    property(array(anyLogged(512, 64), { minLength: 1, maxLength: 8 }), nat(), (entries, cut) => {
      const bytes = encodeWriteLog(entries);
      const kept = 512 + (cut % (bytes.length - 511));
      using log = openWriteLog(written(bytes.subarray(0, kept)));
      const read = asLogged(log);
      expect(read).toEqual(entries.slice(0, read.length));
      const isBetween = encodeWriteLog(entries.slice(0, read.length)).length === kept;
      if (isBetween) expect(log.end).toEqual({ kind: "complete" });
    }),
  );
});

test("Any bytes at all after the superblock are read or refused, without an exception", () => {
  assert(
    property(uint8Array({ maxLength: 4096 }), (noise) => {
      using log = openWriteLog(written(Buffer.concat([encodeWriteLog([]), noise])));
      expect(["complete", "cut-short", "senseless"]).toContain(log.end.kind);
    }),
  );
});

test("An entry that reaches beyond what a disk can have is not believed", () => {
  const bytes = encodeWriteLog([{ kind: "write", sector: 0, data: new Uint8Array(512) }]);
  bytes.writeBigUInt64LE(2n ** 63n, 512);
  using log = openWriteLog(written(bytes));
  expect({ entries: log.entries, end: log.end }).toEqual({
    entries: [],
    end: { kind: "senseless", atByte: 512, seen: "sectors 9223372036854775808+1" },
  });
});

test("More entries than are held end the log", () => {
  const entries: readonly Logged[] = [{ kind: "flush" }, { kind: "flush" }, { kind: "flush" }];
  using log = openWriteLog(written(encodeWriteLog(entries)), { maxEntries: 2 });
  expect(log.end).toEqual({ kind: "senseless", atByte: 1536, seen: "more than 2 entries" });
});

test("A file that is no log is refused", () => {
  expect(() => openWriteLog(written(Buffer.from("QFI\xfb".repeat(200), "latin1")))).toThrow(
    /Expected a log of blklogwrites, version 1/,
  );
});
