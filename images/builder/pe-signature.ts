import { ImageError } from "../../harness/core/errors.ts";

// PE/COFF specification: "MS-DOS Stub", "Optional Header Data Directories", "The Attribute Certificate Table".
const peHeaderAt = 0x3c;
const optionalHeaderOffset = 24;
const pe32Plus = 0x20b;
const directoriesOffset = 112;
const certificateTable = 4;
const directoryBytes = 8;

/**
 * A signed EFI program as it was before it was signed: without the table of signatures at its end, and without the entry
 * that says where the table is. The signature covers neither, so that the code is the signed one.
 * @throws {ImageError} IMAGE_BUILD when it is no such program, bears no signature, or has more after it.
 */
export const withoutSignature = (program: Buffer): Buffer => {
  const entryAt = certificateEntryIn(program);
  const tableAt = program.readUInt32LE(entryAt);
  const tableBytes = program.readUInt32LE(entryAt + 4);
  if (tableBytes === 0) throw unfit("bears no signature");
  if (tableAt + tableBytes !== program.length) throw unfit("has more after its signature");
  const unsigned = Buffer.from(program.subarray(0, tableAt));
  unsigned.fill(0, entryAt, entryAt + directoryBytes);
  return unsigned;
};

const certificateEntryIn = (program: Buffer): number => {
  if (program.length < 0x40 || program.toString("latin1", 0, 2) !== "MZ") throw unfit(noProgram);
  const header = program.readUInt32LE(peHeaderAt);
  const optional = header + optionalHeaderOffset;
  const entryAt = optional + directoriesOffset + certificateTable * directoryBytes;
  if (entryAt + directoryBytes > program.length) throw unfit(noProgram);
  if (program.toString("latin1", header, header + 4) !== "PE\0\0") throw unfit(noProgram);
  if (program.readUInt16LE(optional) !== pe32Plus) throw unfit(noProgram);
  return entryAt;
};

const noProgram = "is no 64-bit EFI program";

const unfit = (why: string): ImageError =>
  new ImageError("IMAGE_BUILD", `The program whose signature is to be removed ${why}`, {
    hint: "Bring the mutant's recipe in line with the image's recipe",
  });
