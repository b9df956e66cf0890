import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { readTpmLog } from "./tpm-log.ts";

const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const digest = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();

/** With digests by SHA-1 and SHA-256, as OVMF makes them. */
const header = ((): Buffer => {
  const algorithms = Buffer.from([0x04, 0, 20, 0, 0x0b, 0, 32, 0]);
  const body = Buffer.concat([
    Buffer.from("Spec ID Event03\0"),
    Buffer.alloc(8),
    number32(2),
    algorithms,
    Buffer.alloc(1),
  ]);
  return Buffer.concat([number32(0), number32(3), Buffer.alloc(20), number32(body.length), body]);
})();
const event = (register: number, type: number, data: Buffer): Buffer =>
  Buffer.concat([
    ...[number32(register), number32(type), number32(2)],
    ...[Buffer.from([0x04, 0]), Buffer.alloc(20, 1), Buffer.from([0x0b, 0]), digest(data)],
    ...[number32(data.length), data],
  ]);
const variable = (name: string, value: readonly number[]): Buffer =>
  Buffer.concat([
    ...[Buffer.alloc(16), number32(name.length), number32(0), number32(value.length), number32(0)],
    ...[Buffer.from(name, "utf16le"), Buffer.from(value)],
  ]);

const separator = Buffer.alloc(4);
const secureBoot = variable("SecureBoot", [1]);
const log = Buffer.concat([
  header,
  event(7, 0x8000_0001, secureBoot),
  event(4, 0x8000_0003, Buffer.from("another register")),
  event(7, 3, Buffer.from("not put into the register")),
  event(7, 4, separator),
]);

test("the register holds what its events add up to", () => {
  const first = digest(Buffer.concat([Buffer.alloc(32), digest(secureBoot)]));
  const second = digest(Buffer.concat([first, digest(separator)]));
  expect(readTpmLog(log, 7)).toEqual({
    value: second.toString("hex").toUpperCase(),
    events: 2,
    variables: { SecureBoot: "01" },
  });
});

test("what is cut off, or no such log, says nothing", () => {
  const cuts = [log.length - 1, log.length - 8, header.length + 20, 40, 0];
  expect(cuts.map((bytes) => readTpmLog(log.subarray(0, bytes), 7))).toEqual(
    cuts.map(() => undefined),
  );
  expect(readTpmLog(Buffer.concat([header, Buffer.alloc(12, 0xff)]), 7)).toBeUndefined();
  expect(
    readTpmLog(Buffer.from("no log, but long enough to be looked at as if it were one"), 7),
  ).toBeUndefined();
});
