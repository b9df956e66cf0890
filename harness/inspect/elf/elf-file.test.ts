import { expect, test } from "vitest";
import { bytesOfBuffer } from "../file-bytes.ts";
import { type ElfParts, makeElf } from "../testing/elf-bytes.ts";
import { readElf } from "./elf-file.ts";
import { readSymbols } from "./elf-symbols.ts";

const read = (buffer: Buffer) => {
  const bytes = bytesOfBuffer(buffer);
  const elf = readElf(bytes);
  if (elf === undefined) return undefined;
  const { machine, kind, loader, isStatic, needed, buildId } = elf;
  const { defined, wanted } = readSymbols(bytes, elf);
  return {
    ...{ machine, kind, loader, isStatic, needed, buildId },
    ...{ defined: [...defined], wanted: [...wanted] },
  };
};

const whole: ElfParts = {
  loader: "/lib64/ld-linux-x86-64.so.2",
  needed: ["libpcap.so.0.8", "libc.so.6"],
  defined: ["Py_Main"],
  wanted: ["system", "printf"],
  buildId: "00ff17",
};

test.each([
  [64, "little"],
  [64, "big"],
  [32, "little"],
  [32, "big"],
] as const)("a program of %i bits, %s-endian, is read whole", (bits, order) => {
  expect(read(makeElf({ ...whole, bits, order }))).toEqual({
    machine: 62,
    kind: "program",
    loader: whole.loader,
    isStatic: false,
    needed: whole.needed,
    buildId: whole.buildId,
    defined: whole.defined,
    wanted: whole.wanted,
  });
});

test.each([
  ["a static program", { type: 2 }, "program", true],
  ["a library", { type: 3, needed: ["libc.so.6"] }, "library", false],
  ["a kernel module", { type: 1 }, "object", false],
] as const)("%s is told from the others", (_what, parts, kind, isStatic) => {
  const elf = readElf(bytesOfBuffer(makeElf({ ...parts, machine: 183 })));
  expect([elf?.machine, elf?.kind, elf?.isStatic]).toEqual([183, kind, isStatic]);
});

test("a header that no ELF file has is none", () => {
  const sound = makeElf(whole);
  const tooManySegments = Buffer.from(sound);
  tooManySegments.writeUInt16LE(60_000, 56);
  expect(read(tooManySegments)).toBeUndefined();
  expect(read(sound.subarray(0, 40))).toBeUndefined();
});

test("every cut and every damaged byte of a file ends in an answer", () => {
  const sound = makeElf(whole);
  for (let length = 0; length < sound.length; length += 7) read(sound.subarray(0, length));
  for (let at = 0; at < sound.length; at += 1) {
    const damaged = Buffer.from(sound);
    damaged[at] = 0xff;
    read(damaged);
  }
  expect(read(sound)?.defined).toEqual(["Py_Main"]);
});
