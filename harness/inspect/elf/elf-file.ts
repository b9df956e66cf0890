// Layout: System V ABI (gABI 4.1) chapters 4 and 5. Offsets and counts come from a hostile file: each is bounded, and
// what lies outside of the file reads as short.
import type { FileBytes } from "../file-bytes.ts";
import { buildIdOfNotes } from "./build-id.ts";
import { ElfFields } from "./elf-fields.ts";

export interface ElfFile {
  /** e_machine: 62 is x86-64. */
  readonly machine: number;
  readonly kind: "program" | "library" | "object" | "core";
  /** The loader that it asks for. */
  readonly loader: string | undefined;
  /** A program that needs neither loader nor libraries. */
  readonly isStatic: boolean;
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[];
  readonly buildId: string | undefined;
  readonly segments: readonly ElfSegment[];
  readonly dynamic: DynamicSection | undefined;
}

export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly sizeBytes: number;
}

/** Values of the dynamic section that are single. */
export interface DynamicSection {
  readonly symbols: number | undefined;
  readonly strings: number | undefined;
  readonly stringBytes: number;
  readonly hash: number | undefined;
  readonly gnuHash: number | undefined;
}

const segmentType = { load: 1, dynamic: 2, interpreter: 3, note: 4 } as const;
const tag = { needed: 1, hash: 4, strings: 5, symbols: 6, stringBytes: 10 } as const;
const tagGnuHash = 0x6fff_fef5;
const tagFlags1 = 0x6fff_fffb;
const flagPie = 0x0800_0000;
const maxSegments = 128;
const maxDynamicEntries = 2048;
const maxPathBytes = 4096;
const maxNoteBytes = 4096;

export const isElf = (head: Buffer): boolean => head.toString("latin1", 0, 4) === "\x7fELF";

/** @returns undefined when the header is not one that Linux would load. */
export const readElf = (bytes: FileBytes): ElfFile | undefined => {
  const fields = ElfFields.open(bytes);
  if (fields === undefined) return undefined;
  const segments = readSegments(fields);
  if (segments === undefined) return undefined;
  const entries = readDynamic(fields, segments);
  const lookUp = (wanted: number): number | undefined =>
    entries.find(({ tag: seen }) => seen === wanted)?.value;
  const dynamic: DynamicSection | undefined =
    entries.length === 0
      ? undefined
      : {
          symbols: fileOffset(segments, lookUp(tag.symbols)),
          strings: fileOffset(segments, lookUp(tag.strings)),
          stringBytes: lookUp(tag.stringBytes) ?? 0,
          hash: fileOffset(segments, lookUp(tag.hash)),
          gnuHash: fileOffset(segments, lookUp(tagGnuHash)),
        };
  const loader = textOf(
    fields,
    segments.find(({ type }) => type === segmentType.interpreter),
  );
  const isPie = ((lookUp(tagFlags1) ?? 0) & flagPie) !== 0;
  const kind = kindOf(fields.type, loader !== undefined || isPie);
  const strings = dynamic?.strings;
  const needed =
    strings === undefined
      ? []
      : entries.flatMap(({ tag: seen, value }) =>
          seen === tag.needed ? [fields.text(strings + value, maxPathBytes)] : [],
        );
  return {
    machine: fields.machine,
    kind,
    loader,
    isStatic: kind === "program" && loader === undefined && needed.length === 0,
    needed,
    buildId: readBuildId(fields, segments),
    segments,
    dynamic,
  };
};

const kindOf = (type: number, isProgram: boolean): ElfFile["kind"] => {
  if (type === 1) return "object";
  if (type === 4) return "core";
  return type === 2 || isProgram ? "program" : "library";
};

const readSegments = (fields: ElfFields): readonly ElfSegment[] | undefined => {
  const { offset, entryBytes, count } = fields.segmentTable;
  if (count === 0) return [];
  if (count > maxSegments || entryBytes < (fields.is64 ? 56 : 32)) return undefined;
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * entryBytes;
    // 64-bit: type flags offset vaddr paddr filesz; 32-bit: type offset vaddr paddr filesz memsz flags.
    const segment = fields.is64
      ? {
          flags: fields.u32(at + 4),
          offset: fields.word(at + 8),
          address: fields.word(at + 16),
          sizeBytes: fields.word(at + 32),
        }
      : {
          flags: fields.u32(at + 24),
          offset: fields.word(at + 4),
          address: fields.word(at + 8),
          sizeBytes: fields.word(at + 16),
        };
    segments.push({ type: fields.u32(at), ...segment });
  }
  // Beyond 2^53 a sum may equal its first part, and a loop over offsets not end.
  return segments.filter(({ offset }) => offset < fields.sizeBytes);
};

const readDynamic = (
  fields: ElfFields,
  segments: readonly ElfSegment[],
): readonly { readonly tag: number; readonly value: number }[] => {
  const segment = segments.find(({ type }) => type === segmentType.dynamic);
  if (segment === undefined) return [];
  const entryBytes = fields.wordBytes * 2;
  const count = Math.min(Math.floor(segment.sizeBytes / entryBytes), maxDynamicEntries);
  const entries = [];
  for (let index = 0; index < count; index += 1) {
    const at = segment.offset + index * entryBytes;
    const entry = { tag: fields.word(at), value: fields.word(at + fields.wordBytes) };
    if (entry.tag === 0) break;
    entries.push(entry);
  }
  return entries;
};

/** The dynamic section has addresses; loaded segments say where in the file they are. */
const fileOffset = (
  segments: readonly ElfSegment[],
  address: number | undefined,
): number | undefined => {
  if (address === undefined) return undefined;
  const segment = segments.find(
    (one) =>
      one.type === segmentType.load &&
      address >= one.address &&
      address < one.address + one.sizeBytes,
  );
  return segment === undefined ? undefined : segment.offset + (address - segment.address);
};

const textOf = (fields: ElfFields, segment: ElfSegment | undefined): string | undefined =>
  segment === undefined
    ? undefined
    : fields.text(segment.offset, Math.min(segment.sizeBytes, maxPathBytes));

const readBuildId = (fields: ElfFields, segments: readonly ElfSegment[]): string | undefined => {
  for (const { type, offset, sizeBytes } of segments) {
    if (type !== segmentType.note) continue;
    const notes = fields.bytes(offset, Math.min(sizeBytes, maxNoteBytes));
    const buildId = buildIdOfNotes(notes, fields.order);
    if (buildId !== undefined) return buildId;
  }
  return undefined;
};
