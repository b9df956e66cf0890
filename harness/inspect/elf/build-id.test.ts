import { expect, test } from "vitest";
import { buildIdOfNotes } from "./build-id.ts";

const buildId = "00ff17";
const xen = note(6, "Xen", "6c696e757800");

test("notes are read one by one, in their byte order", () => {
  expect(buildIdOfNotes(Buffer.concat([xen, note(3, "GNU", buildId)]))).toBe(buildId);
  const big = Buffer.concat([xen, note(3, "GNU", buildId)].map(turned));
  expect(buildIdOfNotes(big, "big-endian")).toBe(buildId);
  expect(buildIdOfNotes(big)).toBeUndefined();
  expect(buildIdOfNotes(xen)).toBeUndefined();
});

test("a length that leads out of the notes ends the search, and an id is whole and of some bytes", () => {
  const broken = [
    Buffer.alloc(64, 0xff),
    Buffer.alloc(0),
    note(3, "GNU", buildId).subarray(0, 18),
    note(3, "GNU", ""),
    note(3, "GNU", "aa".repeat(65)),
  ];
  expect(broken.map((notes) => buildIdOfNotes(notes))).toEqual(broken.map(() => undefined));
});

function note(type: number, name: string, content: string): Buffer {
  const bytes = Buffer.from(content, "hex");
  const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(name.length + 1, 0);
  head.writeUInt32LE(bytes.length, 4);
  head.writeUInt32LE(type, 8);
  return Buffer.concat([
    head,
    Buffer.from(`${name}\0`),
    padding(name.length + 1),
    bytes,
    padding(bytes.length),
  ]);
}

/** The same note with the three numbers of its head in the other byte order. */
function turned(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(bytes.subarray(0, 12)).swap32(), bytes.subarray(12)]);
}
