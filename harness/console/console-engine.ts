import { type Clock, hostClock } from "../core/clock.ts";
import { InternalError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { ConsoleEvent } from "./console-event.ts";
import type { ConsolePhase } from "./console-phase.ts";
import { type IgnoreRule, ignoreRuleLookup } from "./ignore-rule.ts";
import { createLineHistory } from "./line-history.ts";
import { LineJudge } from "./line-judge.ts";
import { createLineSplitter } from "./line-splitter.ts";

export interface ConsoleEngineOptions {
  /** Called synchronously from `feed`, `end` and the clock's timer. */
  readonly onEvent: (event: ConsoleEvent) => void;
  /** For the silence timer. Default: the host's monotonic clock. */
  readonly clock?: Clock;
  /** Default: none. */
  readonly ignoreRules?: readonly IgnoreRule[];
  /** YYYY-MM-DD in UTC, against which ignore rules expire. Default: today. */
  readonly today?: string;
}

/** Reads one serial console as it comes and tells what it proves. Memory is bounded whatever the guest prints. */
export interface ConsoleEngine extends Disposable {
  /** @param atMs when the bytes came, in the caller's host time; must not go back. */
  feed(chunk: Uint8Array, atMs: number): void;
  /** The console has ended: judges the unfinished line and completes an open trace. Later bytes are an InternalError. */
  end(atMs: number): void;
  /** Up to `count` (at most 200) printable lines, oldest first, the unfinished one included. */
  lastLines(count: number): readonly string[];
  /** The next reboot is wanted, so its event says `isExpected`. */
  expectReboot(): void;
  readonly bytes: number;
  /** Line feeds seen. */
  readonly lineCount: number;
  /** 1 for the first boot. */
  readonly boot: number;
  /** Matches that were not told because their pattern had been told 20 times in that boot. */
  readonly untoldMatches: number;
  /** Undefined until the first line. */
  readonly phase: ConsolePhase | undefined;
}

/** A console that stands still this long in the middle of a line is judged by what is there. */
const silenceMs = 300;

/**
 * Starts reading a console: lines, phases, reboots and the pattern table.
 * @throws {ConfigError} when an ignore rule is wrong.
 */
export const createConsoleEngine = (options: ConsoleEngineOptions): ConsoleEngine => {
  const clock = options.clock ?? hostClock;
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const history = createLineHistory(200);
  const judge = new LineJudge({
    onEvent: options.onEvent,
    findRule: ignoreRuleLookup(options.ignoreRules ?? [], today),
    linesBefore: () => history.last(5),
  });
  let bytes = 0;
  let lastFeed = { atMs: 0, clockMs: 0 };
  let cancelTimer: (() => void) | undefined;
  let hasEnded = false;

  const splitter = createLineSplitter((line) => {
    judge.judge(line, lastFeed.atMs);
    history.add(line.text);
  });

  // One timer for many chunks: it is not moved at each chunk, but looks when it fires how long the silence has lasted.
  const watchSilence = (delayMs: number): void => {
    cancelTimer = clock.after(delayMs, () => {
      cancelTimer = undefined;
      const silentMs = clock.nowMs() - lastFeed.clockMs;
      if (silentMs < silenceMs) watchSilence(silenceMs - silentMs);
      else judge.judgeSilence(splitter.partial(), lastFeed.atMs);
    });
  };
  const stop = (): void => {
    hasEnded = true;
    cancelTimer?.();
    cancelTimer = undefined;
  };

  return {
    feed: (chunk, atMs) => {
      if (hasEnded) throw new InternalError("A console engine was fed after its end");
      if (chunk.byteLength === 0) return;
      lastFeed = { atMs, clockMs: clock.nowMs() };
      bytes += chunk.byteLength;
      judge.closeOverdueTrace(atMs);
      splitter.feed(chunk, atMs);
      if (cancelTimer === undefined) watchSilence(silenceMs);
    },
    end: (atMs) => {
      if (hasEnded) return;
      stop();
      lastFeed = { ...lastFeed, atMs };
      splitter.end();
      judge.closeTrace(atMs);
    },
    lastLines: (count) => {
      const partial = splitter.partial().at(-1);
      if (partial === undefined) return history.last(count);
      return count <= 0 ? [] : [...history.last(count - 1), printable(partial.text)];
    },
    expectReboot: () => judge.expectReboot(),
    get bytes() {
      return bytes;
    },
    get lineCount() {
      return splitter.lineCount;
    },
    get boot() {
      return judge.boot;
    },
    get untoldMatches() {
      return judge.untoldMatches;
    },
    get phase() {
      return judge.phase;
    },
    [Symbol.dispose]: stop,
  };
};
