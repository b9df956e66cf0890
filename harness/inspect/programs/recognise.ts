import { basename } from "node:path/posix";
import { MiB } from "../../core/units.ts";
import type { ElfFile } from "../elf/elf-file.ts";
import { type ElfSymbols, readSymbols } from "../elf/elf-symbols.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { KnownProgram } from "./known-program.ts";
import { knownPrograms } from "./known-programs.ts";

export interface Recognised {
  readonly program: string;
  readonly category: KnownProgram["category"];
  readonly evidence: readonly ProgramEvidence[];
}

export interface ProgramEvidence {
  readonly kind: "name" | "symbol" | "library" | "text";
  readonly seen: string;
}

/** A program of this size is searched whole; a larger one only in its data, where texts are. */
const wholeBytes = 8 * MiB;
/** What lies behind is not searched. */
export const maxProgramBytes: number = 512 * MiB;
const pieceBytes = MiB;
const overlapBytes = 128;
const loadSegment = 1;
const executable = 1;

/** What a file's name says that it is. */
export const recogniseName = (path: string): readonly Recognised[] => {
  const name = basename(path);
  return knownPrograms.flatMap((known) =>
    known.names.some((pattern) => isNamed(name, pattern))
      ? [recognised(known, [{ kind: "name", seen: name }])]
      : [],
  );
};

/** What an ELF file's symbols, libraries and texts say that it is, under whatever name. */
export const recogniseElf = (
  bytes: FileBytes,
  elf: ElfFile,
): { readonly programs: readonly Recognised[]; readonly symbols: ElfSymbols } => {
  const symbols = readSymbols(bytes, elf);
  const texts = elf.kind === "object" ? new Set<string>() : findTexts(bytes, elf);
  const programs = knownPrograms.flatMap((known) => {
    const evidence: ProgramEvidence[] = [
      ...(known.symbols ?? [])
        .filter((name) => symbols.defined.has(name) || symbols.wanted.has(name))
        .map((seen) => ({ kind: "symbol" as const, seen })),
      ...elf.needed
        .filter((name) => known.libraries?.some((start) => name.startsWith(start)))
        .map((seen) => ({ kind: "library" as const, seen })),
      ...(known.texts ?? [])
        .filter((text) => texts.has(text))
        .map((seen) => ({ kind: "text" as const, seen })),
    ];
    return evidence.length === 0 ? [] : [recognised(known, evidence)];
  });
  return { programs, symbols };
};

const recognised = (
  { name, category }: KnownProgram,
  evidence: readonly ProgramEvidence[],
): Recognised => ({ program: name, category, evidence });

/** python3.13 is a python*, and so is python3; pythonize is not. */
const isNamed = (name: string, pattern: string): boolean =>
  pattern.endsWith("*")
    ? name.startsWith(pattern.slice(0, -1)) && /^[\d.-]*$/.test(name.slice(pattern.length - 1))
    : name === pattern;

const wantedTexts: readonly Buffer[] = knownPrograms
  .flatMap(({ texts = [] }) => texts)
  .map((text) => Buffer.from(text, "latin1"));

const findTexts = (bytes: FileBytes, elf: ElfFile): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { start, end } of searchedParts(bytes, elf)) {
    for (let at = start; at < end; at += pieceBytes) {
      const piece = bytes.read(at, Math.min(pieceBytes + overlapBytes, end - at));
      if (piece.length === 0) break;
      for (const text of wantedTexts) {
        if (piece.includes(text)) found.add(text.toString("latin1"));
      }
    }
  }
  return found;
};

const searchedParts = (
  { sizeBytes }: FileBytes,
  { segments }: ElfFile,
): readonly { readonly start: number; readonly end: number }[] => {
  const limit = Math.min(sizeBytes, maxProgramBytes);
  const loaded = segments.filter(({ type }) => type === loadSegment);
  const data = loaded.filter(({ flags }) => (flags & executable) === 0);
  // Older linkers put constants beside the code.
  if (limit <= wholeBytes || data.length < 2) return [{ start: 0, end: limit }];
  return data.map(({ offset, sizeBytes: length }) => ({
    start: offset,
    end: Math.min(offset + length, limit),
  }));
};
