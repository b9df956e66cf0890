import { expect, test } from "vitest";
import { withoutSignature } from "./pe-signature.ts";

/** The headers of a 64-bit EFI program, and some code. */
const program = (table: { readonly at: number; readonly bytes: number }): Buffer => {
  const bytes = Buffer.alloc(512, "c");
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write("PE\0\0", 0x80, "latin1");
  bytes.writeUInt16LE(0x20b, 0x98);
  bytes.writeUInt32LE(table.at, 0x98 + 112 + 32);
  bytes.writeUInt32LE(table.bytes, 0x98 + 112 + 36);
  return bytes;
};
const signature = Buffer.alloc(64, "s");
const signed = Buffer.concat([program({ at: 512, bytes: 64 }), signature]);

test("takes the signature off, and leaves the program as it was before it was signed", () => {
  expect(withoutSignature(signed).equals(program({ at: 0, bytes: 0 }))).toBe(true);
});

test("refuses what has no signature to take off", () => {
  const pe32 = Buffer.from(signed);
  pe32.writeUInt16LE(0x10b, 0x98);
  const refused = [
    program({ at: 0, bytes: 0 }),
    Buffer.concat([signed, Buffer.from("more")]),
    pe32,
    signed.subarray(0, 0x100),
    Buffer.from("MZ"),
    Buffer.from("\x7fELF"),
  ].map((bytes) => {
    try {
      return withoutSignature(bytes).length;
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(refused).toEqual([
    "The program whose signature is to be removed bears no signature",
    "The program whose signature is to be removed has more after its signature",
    ...Array<string>(4).fill(
      "The program whose signature is to be removed is no 64-bit EFI program",
    ),
  ]);
});
