import { StringDecoder } from "node:string_decoder";
import { KiB } from "../core/units.ts";
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

  const handOn = (raw: string, isPlain: boolean): void => {
    const content = withoutTrailingReturns(raw);
    if (isPlain) {
      if (content !== "") {
        onLine({ text: content, line: lineCount + 1, atMs: carryAtMs, isContinuation });
      }
      return;
    }
    for (const text of visibleSegments(content)) {
      onLine({ text, line: lineCount + 1, atMs: carryAtMs, isContinuation });
    }
  };
  const withoutOverlength = (raw: string): string => {
    let rest = raw;
    while (rest.length > maxLineLength) {
      handOn(rest.slice(0, maxLineLength), false);
      isContinuation = true;
      rest = rest.slice(maxLineLength);
    }
    return rest;
  };

  const take = (text: string, atMs: number): void => {
    const isPlain = !needsCleaning.test(text);
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      if (carry === "") carryAtMs = atMs;
      handOn(withoutOverlength(carry + text.slice(start, end)), isPlain && carry === "");
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
        take(decoder.write(chunk.subarray(start, start + pieceBytes)), atMs);
      }
    },
    end: () => {
      handOn(withoutOverlength(carry + decoder.end()), false);
      carry = "";
    },
    partial: () =>
      visibleSegments(withoutTrailingReturns(carry)).map((text) => ({
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

// Control characters other than tabs and CR LF. One test per chunk spares most lines the slow way.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const needsCleaning = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

const withoutTrailingReturns = (bytes: string): string => {
  let end = bytes.length;
  while (end > 0 && bytes.charCodeAt(end - 1) === 13) end -= 1;
  return end === bytes.length ? bytes : bytes.slice(0, end);
};
