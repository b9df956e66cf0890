import { StringDecoder } from "node:string_decoder";
import { KiB } from "../core/units.ts";
import { arePlain } from "./plain-bytes.ts";
import { visibleSegments } from "./visible-text.ts";

/** A readable piece of the console: a whole line, or a segment of one. */
export interface ConsoleLine {
  /** Without escape sequences and carriage returns; not yet `printable`. */
  readonly text: string;
  /** 1-based number of the line-feed-terminated line in console.log that it stands on. */
  readonly line: number;
  /** Host time of the line's first byte. */
  readonly atMs: number;
  /** The line was longer than the limit, and this piece is not its beginning. */
  readonly isContinuation: boolean;
}

export interface LineSplitter {
  feed(chunk: Uint8Array, atMs: number): void;
  /** Hands on the last line although it has no line feed. */
  end(): void;
  /** What is on the line that has no line feed yet. */
  partial(): readonly ConsoleLine[];
  /** Line feeds seen. */
  readonly lineCount: number;
}

/** Longer lines are cut into pieces: a guest may print for ever without a line feed. In UTF-16 units. */
export const maxLineLength = 4096;

/**
 * Decoded at once. A text of 64 KiB with one character beyond Latin-1 takes 128 KiB, which V8 keeps outside of the
 * young generation: 1 GB of such console took 159 MB of memory, and 127 MB
 * in these pieces (measured 2026-11-22).
 */
const pieceBytes = 16 * KiB;

/**
 * Cuts a byte stream into lines. How the stream is chunked never changes the lines, and bytes that are not UTF-8 come
 * out as U+FFFD.
 */
export const createLineSplitter = (onLine: (line: ConsoleLine) => void): LineSplitter => {
  const decoder = new StringDecoder("utf8");
  let carry = "";
  let carryAtMs = 0;
  let isContinuation = false;
  let lineCount = 0;

  const handOn = (text: string): void => {
    onLine({ text, line: lineCount + 1, atMs: carryAtMs, isContinuation });
  };
  const handOnPlain = (text: string, start: number, end: number): void => {
    const last = textEnd(text, start, end);
    if (last > start) handOn(text.slice(start, last));
  };
  const handOnCleaned = (raw: string): void => {
    for (const text of visibleSegments(raw.slice(0, textEnd(raw, 0, raw.length)))) handOn(text);
  };
  const withoutOverlength = (raw: string): string => {
    let rest = raw;
    while (rest.length > maxLineLength) {
      handOnCleaned(rest.slice(0, maxLineLength));
      isContinuation = true;
      rest = rest.slice(maxLineLength);
    }
    return rest;
  };

  const take = (text: string, isPlain: boolean, atMs: number): void => {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      if (carry === "") carryAtMs = atMs;
      const isWhole = carry === "" && end - start <= maxLineLength;
      if (isPlain && isWhole) handOnPlain(text, start, end);
      else handOnCleaned(withoutOverlength(carry + text.slice(start, end)));
      carry = "";
      isContinuation = false;
      lineCount += 1;
      start = end + 1;
    }
    if (start === text.length) return;
    if (carry === "") carryAtMs = atMs;
    carry = withoutOverlength(carry + text.slice(start));
  };

  return {
    feed: (chunk, atMs) => {
      for (let start = 0; start < chunk.length; start += pieceBytes) {
        const piece = chunk.subarray(start, start + pieceBytes);
        take(decoder.write(piece), arePlain(piece), atMs);
      }
    },
    end: () => {
      handOnCleaned(withoutOverlength(carry + decoder.end()));
      carry = "";
    },
    partial: () =>
      visibleSegments(carry.slice(0, textEnd(carry, 0, carry.length))).map((text) => ({
        text,
        line: lineCount + 1,
        atMs: carryAtMs,
        isContinuation,
      })),
    get lineCount() {
      return lineCount;
    },
  };
};

/** Where the text between two places ends without the carriage returns that stand last. */
const textEnd = (text: string, start: number, end: number): number => {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === 13) last -= 1;
  return last;
};
