import type { FileBytes } from "../file-bytes.ts";

interface Table {
  readonly offset: number;
  readonly entryBytes: number;
  readonly count: number;
}

/** Numbers and texts of an ELF file in its own byte order and word size; beyond the file's end everything is 0. */
export class ElfFields {
  readonly is64: boolean;
  readonly wordBytes: 4 | 8;
  readonly order: "little-endian" | "big-endian";
  readonly #bytes: FileBytes;
  /** The last piece that was read: fields lie close together. */
  #piece: Buffer = Buffer.alloc(0);
  #pieceStart = 0;

  /** @returns undefined when the identification bytes are not those of an ELF file. */
  static open(bytes: FileBytes): ElfFields | undefined {
    const ident = bytes.read(0, 64);
    const [wordClass, order] = [ident[4], ident[5]];
    const isKnown = (wordClass === 1 || wordClass === 2) && (order === 1 || order === 2);
    if (!isKnown || ident.length < 52 || ident.toString("latin1", 0, 4) !== "\x7fELF")
      return undefined;
    return new ElfFields(bytes, wordClass === 2, order === 2 ? "big-endian" : "little-endian");
  }

  private constructor(bytes: FileBytes, is64: boolean, order: ElfFields["order"]) {
    this.#bytes = bytes;
    this.is64 = is64;
    this.wordBytes = is64 ? 8 : 4;
    this.order = order;
  }

  get sizeBytes(): number {
    return this.#bytes.sizeBytes;
  }

  get type(): number {
    return this.u16(16);
  }

  get machine(): number {
    return this.u16(18);
  }

  get segmentTable(): Table {
    const [offset, sizes] = this.is64 ? [this.word(32), 54] : [this.word(28), 42];
    return { offset, entryBytes: this.u16(sizes), count: this.u16(sizes + 2) };
  }

  u16(offset: number): number {
    const field = this.#field(offset, 2);
    return this.#isBig() ? field.readUInt16BE(0) : field.readUInt16LE(0);
  }

  u32(offset: number): number {
    const field = this.#field(offset, 4);
    return this.#isBig() ? field.readUInt32BE(0) : field.readUInt32LE(0);
  }

  /** An address, offset or size. */
  word(offset: number): number {
    if (!this.is64) return this.u32(offset);
    const field = this.#field(offset, 8);
    const value = this.#isBig() ? field.readBigUInt64BE(0) : field.readBigUInt64LE(0);
    // Beyond it, adding a small length to an offset changes nothing, and a loop over notes would not end.
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  }

  bytes(offset: number, length: number): Buffer {
    return this.#bytes.read(offset, length);
  }

  /** Up to the first zero byte, as latin1. */
  text(offset: number, maxBytes: number): string {
    const bytes = this.#bytes.read(offset, maxBytes);
    const end = bytes.indexOf(0);
    return bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
  }

  #isBig(): boolean {
    return this.order === "big-endian";
  }

  #field(offset: number, length: number): Buffer {
    if (!(offset >= 0 && offset + length <= this.sizeBytes)) return Buffer.alloc(length);
    const start = offset - this.#pieceStart;
    if (start >= 0 && start + length <= this.#piece.length) {
      return this.#piece.subarray(start, start + length);
    }
    this.#pieceStart = Math.floor(offset / 4096) * 4096;
    this.#piece = this.#bytes.read(this.#pieceStart, 8192);
    const within = offset - this.#pieceStart;
    const field = this.#piece.subarray(within, within + length);
    return field.length === length ? field : Buffer.alloc(length);
  }
}
