// The dynamic symbol table has no length of its own: the hash tables tell (gABI 4.1 ch. 5; for DT_GNU_HASH, binutils).
import type { FileBytes } from "../file-bytes.ts";
import { ElfFields } from "./elf-fields.ts";
import type { ElfFile } from "./elf-file.ts";

export interface ElfSymbols {
  /** Names that others can use. */
  readonly defined: ReadonlySet<string>;
  /** Names that it wants from others. */
  readonly wanted: ReadonlySet<string>;
}

const maxSymbols = 300_000;
const maxNameBytes = 1024;
const maxStringBytes = 16 * 1024 * 1024;

export const readSymbols = (bytes: FileBytes, { dynamic }: ElfFile): ElfSymbols => {
  const symbols = { defined: new Set<string>(), wanted: new Set<string>() };
  const fields = ElfFields.open(bytes);
  if (fields === undefined || dynamic?.symbols === undefined || dynamic.strings === undefined) {
    return symbols;
  }
  const strings = readWhole(bytes, dynamic.strings, Math.min(dynamic.stringBytes, maxStringBytes));
  // 64-bit: name info other section value size; 32-bit: name value size info other section.
  const [entryBytes, section] = fields.is64 ? [24, 6] : [16, 14];
  const room = Math.max(0, Math.floor((bytes.sizeBytes - dynamic.symbols) / entryBytes));
  const count = Math.min(symbolCount(fields, dynamic, entryBytes), room, maxSymbols);
  for (let index = 1; index < count; index += 1) {
    const at = dynamic.symbols + index * entryBytes;
    const start = fields.u32(at);
    const piece = strings.subarray(start, start + maxNameBytes);
    const nameBytes = piece.indexOf(0);
    if (nameBytes <= 0) continue;
    const name = piece.toString("latin1", 0, nameBytes);
    (fields.u16(at + section) === 0 ? symbols.wanted : symbols.defined).add(name);
  }
  return symbols;
};

const symbolCount = (
  fields: ElfFields,
  { symbols = 0, strings = 0, hash, gnuHash }: NonNullable<ElfFile["dynamic"]>,
  entryBytes: number,
): number => {
  if (hash !== undefined) return fields.u32(hash + 4);
  if (gnuHash !== undefined) return gnuSymbolCount(fields, gnuHash);
  // Linkers put the strings behind the symbols.
  return Math.max(0, Math.floor((strings - symbols) / entryBytes));
};

/** Symbols of the last bucket go on until one whose hash has its lowest bit set. */
const gnuSymbolCount = (fields: ElfFields, table: number): number => {
  const room = Math.min(Math.floor(fields.sizeBytes / 4), maxSymbols);
  const buckets = Math.min(fields.u32(table), room);
  const firstHashed = fields.u32(table + 4);
  const bucketsAt = table + 16 + fields.u32(table + 8) * fields.wordBytes;
  let last = 0;
  for (let index = 0; index < buckets; index += 1) {
    last = Math.max(last, fields.u32(bucketsAt + index * 4));
  }
  if (last < firstHashed) return firstHashed;
  const chainAt = bucketsAt + buckets * 4;
  while (last < firstHashed + room && (fields.u32(chainAt + (last - firstHashed) * 4) & 1) === 0)
    last += 1;
  return last + 1;
};

const readWhole = (bytes: FileBytes, offset: number, length: number): Buffer => {
  const pieces: Buffer[] = [];
  for (let done = 0; done < length; ) {
    const piece = bytes.read(offset + done, length - done);
    if (piece.length === 0) break;
    pieces.push(piece);
    done += piece.length;
  }
  return Buffer.concat(pieces);
};
