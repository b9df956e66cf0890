import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorCodeOf } from "../harness/core/errors.ts";
import { type TempDir, tempDir } from "../harness/core/tmp.ts";
import { manifestForBareFile } from "./bare-file.ts";
import { readPartitionTable } from "./partition-table.ts";
import { gptBytes, qcow2Bytes } from "./testing/image-bytes.ts";
import { verifyImageHeaders } from "./verify-image-file.ts";

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

/** Every reader gives an answer or refuses the file: no RangeError, no endless loop, no exhausted memory. */
const onlyImageErrors = (bytes: Uint8Array): void => {
  const path = join(dir.path, "image");
  writeFileSync(path, bytes);
  const readers = [
    () => verifyImageHeaders({ kind: "file", path, format: "raw", allowBacking: [] }),
    () => verifyImageHeaders({ kind: "file", path, format: "qcow2", allowBacking: [path] }),
    () => readPartitionTable(path),
    () => manifestForBareFile(path),
  ];
  for (const read of readers) {
    try {
      read();
    } catch (error) {
      expect(errorCodeOf(error)).toBe("IMAGE_UNUSABLE");
    }
  }
};

const qcow2 = qcow2Bytes({ backingFile: "image", backingFormat: "qcow2", l2Entries: [0x3_0000n] });
const gpt = gptBytes([
  {
    typeGuid: "0fc63daf-8483-4772-8e79-3d69d8477de4",
    label: "a",
    firstSector: 34,
    lastSector: 99,
  },
]);

/** A sound header with some bytes replaced, and possibly cut off. */
const damaged = (sound: Buffer, headerBytes: number): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(headerBytes - 1), fc.nat(255)), { maxLength: 12 }),
      fc.option(fc.nat(sound.length)),
    )
    .map(([changes, cut]) => {
      const bytes = Buffer.from(sound);
      for (const [offset, value] of changes) bytes[offset] = value;
      return bytes.subarray(0, cut ?? bytes.length);
    });

test("random bytes are judged or refused", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), onlyImageErrors));
});

test("random bytes after a known mark are judged or refused", () => {
  const mark = fc.constantFrom(
    "QFI\xfb\0\0\0\x03",
    "QFI\xfb\0\0\0\x02",
    "KDMV",
    "hsqs",
    "conectix",
  );
  const bytes = fc
    .tuple(mark, fc.uint8Array({ maxLength: 3000 }))
    .map(([text, rest]) => Buffer.concat([Buffer.from(text, "latin1"), rest]));
  fc.assert(fc.property(bytes, onlyImageErrors));
});

test("damaged qcow2 headers are judged or refused", () => {
  fc.assert(fc.property(damaged(qcow2, 160), onlyImageErrors));
});

test("damaged partition tables are judged or refused", () => {
  fc.assert(fc.property(damaged(gpt, 1200), onlyImageErrors));
});
