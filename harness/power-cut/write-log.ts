// Reads what QEMU's filter driver blklogwrites wrote: the format of dm-log-writes (kernel
// Documentation/admin-guide/device-mapper/log-writes.rst, QEMU block/blklogwrites.c). The superblock is rewritten at a
// guest's flush, each 4096 entries and at a clean end: after a SIGKILL it states too few entries, or is zeroes
// (measured 2026-11-30). So the entries are counted by walking them.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ImageError } from "../core/errors.ts";
import { MiB } from "../core/units.ts";

/** One request that the disk completed, in the order of completion. */
export type LogEntry = WriteEntry | DiscardEntry | FlushEntry | MarkEntry;

interface NumberedEntry {
  /** From 0. */
  readonly index: number;
  /** Everything that was completed before is durable. */
  readonly isFlush: boolean;
}

export interface Range {
  readonly startByte: number;
  readonly sizeBytes: number;
}

export interface WriteEntry extends NumberedEntry, Range {
  readonly kind: "write";
  /** It is durable itself, without a flush. */
  readonly isDurable: boolean;
  /** Where its bytes lie in the log. */
  readonly logOffset: number;
}

export interface DiscardEntry extends NumberedEntry, Range {
  readonly kind: "discard";
}

export interface FlushEntry extends NumberedEntry {
  readonly kind: "flush";
}

/** A mark of dm-log-writes itself, which QEMU never writes. */
export interface MarkEntry extends NumberedEntry {
  readonly kind: "mark";
  readonly text: string;
}

export interface WriteLog extends Disposable {
  readonly path: string;
  readonly sectorBytes: number;
  readonly entries: readonly LogEntry[];
  /** Why reading stopped: all of the file was read, or at this byte it no longer made sense. */
  readonly end: LogEnd;
  /** Bytes of a write, counted from its first one. */
  read(entry: WriteEntry, offset: number, length: number): Buffer;
}

export type LogEnd =
  | { readonly kind: "complete" }
  /** Its last entry was being written when QEMU ended. */
  | { readonly kind: "cut-short"; readonly atByte: number }
  | { readonly kind: "senseless"; readonly atByte: number; readonly seen: string };

export interface WriteLogOptions {
  /** For a log without a superblock, of which nothing was flushed. Default 512, as QEMU's. */
  readonly sectorBytes?: number;
  /** Default 4,000,000: some 600 MB of memory. */
  readonly maxEntries?: number;
}

const magic = 0x6a_7366_7773_6872n;
const headerBytes = 32;
const maxMarkBytes = 4096;
const flags = { flush: 1, durable: 2, discard: 4, mark: 8 } as const;
const maxReadBytes = 64 * MiB;

/**
 * Opens a log; it is closed when disposed.
 * @throws {ImageError} IMAGE_UNUSABLE when the file is no such log.
 */
export const openWriteLog = (path: string, options: WriteLogOptions = {}): WriteLog => {
  const fd = openSync(path, "r");
  try {
    const fileBytes = fstatSync(fd).size;
    const sectorBytes = sectorBytesOf(path, readAt(fd, 0, headerBytes), options.sectorBytes ?? 512);
    const source = { fd, fileBytes, sectorBytes };
    const { entries, end } = readEntries(source, options.maxEntries ?? 4_000_000);
    return {
      path,
      sectorBytes,
      entries,
      end,
      read: (entry, offset, length) =>
        readAt(fd, entry.logOffset + offset, Math.min(length, entry.sizeBytes - offset)),
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
};

const sectorBytesOf = (path: string, head: Buffer, otherwise: number): number => {
  if (head.length < headerBytes || head.readBigUInt64LE(0) === 0n) return otherwise;
  const version = head.readBigUInt64LE(8);
  const sectorBytes = head.readUInt32LE(24);
  const isKnown =
    head.readBigUInt64LE(0) === magic &&
    version === 1n &&
    sectorBytes >= 512 &&
    sectorBytes <= 8 * MiB &&
    (sectorBytes & (sectorBytes - 1)) === 0;
  if (isKnown) return sectorBytes;
  throw new ImageError(
    "IMAGE_UNUSABLE",
    `Expected a log of blklogwrites, version 1, in ${path}, but its first bytes are ${head.toString("hex")}`,
    { hint: "Record the writes again" },
  );
};

interface Source {
  readonly fd: number;
  readonly fileBytes: number;
  readonly sectorBytes: number;
}

const readEntries = (
  source: Source,
  maxEntries: number,
): { readonly entries: readonly LogEntry[]; readonly end: LogEnd } => {
  const entries: LogEntry[] = [];
  let position = source.sectorBytes;
  while (position + headerBytes <= source.fileBytes) {
    const header = readAt(source.fd, position, headerBytes);
    if (isZero(header)) return { entries, end: endAtZeroes(source, position) };
    if (entries.length >= maxEntries) {
      const seen = `more than ${maxEntries} entries`;
      return { entries, end: { kind: "senseless", atByte: position, seen } };
    }
    const parsed = parseEntry(source, header, position, entries.length);
    if (typeof parsed === "string") {
      return { entries, end: { kind: "senseless", atByte: position, seen: parsed } };
    }
    if (parsed.endByte > source.fileBytes) {
      return { entries, end: { kind: "cut-short", atByte: position } };
    }
    entries.push(parsed.entry);
    position = parsed.next;
  }
  const isWhole = position >= source.fileBytes;
  return { entries, end: isWhole ? { kind: "complete" } : { kind: "cut-short", atByte: position } };
};

/** QEMU reserves an entry's place before it writes it: a killed one leaves zeroes there. */
const endAtZeroes = ({ sectorBytes, fileBytes }: Source, position: number): LogEnd =>
  position + sectorBytes >= fileBytes
    ? { kind: "complete" }
    : { kind: "cut-short", atByte: position };

interface ParsedEntry {
  readonly entry: LogEntry;
  readonly next: number;
  /** Of what is needed of it: the rest of a header's sector may be missing at the end of the file. */
  readonly endByte: number;
}

const parseEntry = (
  { fd, sectorBytes }: Source,
  bytes: Buffer,
  position: number,
  index: number,
): ParsedEntry | string => {
  const sector = bytes.readBigUInt64LE(0);
  const sectors = bytes.readBigUInt64LE(8);
  const bits = bytes.readBigUInt64LE(16);
  const extraBytes = bytes.readBigUInt64LE(24);
  if (bits > 15n) return `flags ${bits}`;
  const isRoomy = (sector + sectors) * BigInt(sectorBytes) <= BigInt(Number.MAX_SAFE_INTEGER);
  if (!isRoomy) return `sectors ${sector}+${sectors}`;
  const has = (flag: number): boolean => (Number(bits) & flag) !== 0;
  const numbered = { index, isFlush: has(flags.flush) };
  const range = {
    startByte: Number(sector) * sectorBytes,
    sizeBytes: Number(sectors) * sectorBytes,
  };
  const afterHeader = position + sectorBytes;
  if (has(flags.mark)) {
    const room = Math.min(sectorBytes - headerBytes, maxMarkBytes);
    if (extraBytes > BigInt(room)) return `a mark of ${extraBytes} bytes`;
    const text = readAt(fd, position + headerBytes, Number(extraBytes)).toString("latin1");
    const endByte = position + headerBytes + Number(extraBytes);
    return { entry: { kind: "mark", ...numbered, text }, next: afterHeader, endByte };
  }
  if (extraBytes !== 0n) return `${extraBytes} bytes beside those of the request`;
  const header = { next: afterHeader, endByte: position + headerBytes };
  if (has(flags.discard)) return { entry: { kind: "discard", ...numbered, ...range }, ...header };
  if (range.sizeBytes === 0) {
    return has(flags.flush)
      ? { entry: { kind: "flush", ...numbered }, ...header }
      : "a write of nothing";
  }
  const entry: WriteEntry = {
    kind: "write",
    ...numbered,
    ...range,
    isDurable: has(flags.durable),
    logOffset: afterHeader,
  };
  const next = afterHeader + range.sizeBytes;
  return { entry, next, endByte: next };
};

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

const readAt = (fd: number, offset: number, length: number): Buffer => {
  const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, maxReadBytes)));
  let done = 0;
  while (done < buffer.length) {
    const count = readSync(fd, buffer, done, buffer.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
};
