import { printable } from "../core/printable.ts";
import { type ClassifiedLine, classifyLine, recordTimeS } from "./classify.ts";
import type { ConsoleEvent } from "./console-event.ts";
import { type ConsolePhase, isAtLeast } from "./console-phase.ts";
import type { RuleLookup } from "./ignore-rule.ts";
import { stampedMessageStart } from "./kernel-stamp.ts";
import type { ConsoleLine } from "./line-splitter.ts";
import { createMatchQuota } from "./match-quota.ts";
import { matchingPattern, mayMove, mayTell } from "./pattern-matcher.ts";
import { type PatternId, patterns } from "./patterns.ts";
import { createPhaseTracker, type Transition } from "./phase-tracker.ts";
import { createTraceCapture, type TraceCapture } from "./trace-capture.ts";

export interface LineJudgeOptions {
  readonly onEvent: (event: ConsoleEvent) => void;
  readonly findRule: RuleLookup;
  readonly linesBefore: () => readonly string[];
}

/** What was told of an unfinished line, so that it is not told again when the line grows or ends. */
interface Told {
  readonly line: number;
  readonly text: string;
  readonly pattern: PatternId | undefined;
}

/** Turns lines into events: course of the boot first, then the pattern table, then the open trace. */
export class LineJudge {
  boot = 1;
  untoldMatches = 0;
  readonly #options: LineJudgeOptions;
  readonly #tracker = createPhaseTracker();
  readonly #quota = createMatchQuota();
  #expectedReboots = 0;
  #trace: TraceCapture | undefined;
  #told: Told[] = [];

  constructor(options: LineJudgeOptions) {
    this.#options = options;
  }

  get phase(): ConsolePhase | undefined {
    return this.#tracker.phase;
  }

  expectReboot(): void {
    this.#expectedReboots += 1;
  }

  judge(line: ConsoleLine, atMs: number): void {
    const messageStart = stampedMessageStart(line.text);
    const isEarly = !isAtLeast(this.#tracker.phase, "kernel");
    if (!isEarly && this.#trace === undefined && !mayTell(line.text, messageStart)) return;
    const told = this.#toldOf(line);
    const { classified } = this.#follow(line, atMs, told, messageStart);
    const openBefore = this.#trace;
    const pattern = provenBy(line, classified);
    if (pattern !== undefined && pattern !== told?.pattern && pattern !== openBefore?.pattern) {
      this.#tellMatch(pattern, line, classified, { atMs, isPartial: false });
    }
    if (openBefore === undefined || openBefore !== this.#trace || told !== undefined) return;
    if (openBefore.take(line.text, classified.message)) this.closeTrace(atMs);
  }

  /** The console is silent, perhaps in the middle of a line: the kernel died in it, or it is a prompt. */
  judgeSilence(partial: readonly ConsoleLine[], atMs: number): void {
    this.closeTrace(atMs);
    for (const line of partial) {
      const told = this.#toldOf(line);
      const messageStart = stampedMessageStart(line.text);
      const { classified, moved } = this.#follow(line, atMs, told, messageStart);
      const pattern = provenBy(line, classified);
      const isNew =
        pattern !== undefined &&
        pattern !== told?.pattern &&
        patterns[pattern].gravity.severity === "fatal";
      if (isNew) this.#tellMatch(pattern, line, classified, { atMs, isPartial: true });
      if (!isNew && !moved) continue;
      this.#told = this.#told.filter((each) => each.line === line.line);
      this.#told.unshift({
        line: line.line,
        text: line.text,
        pattern: isNew ? pattern : undefined,
      });
    }
  }

  closeTrace(atMs: number): void {
    const trace = this.#trace;
    this.#trace = undefined;
    if (trace !== undefined) this.#options.onEvent(trace.close(atMs));
  }

  closeOverdueTrace(atMs: number): void {
    if (this.#trace?.isOverdue(atMs) === true) this.closeTrace(atMs);
  }

  #toldOf(line: ConsoleLine): Told | undefined {
    return this.#told.length === 0 ? undefined : this.#told.find((each) => isSameLine(each, line));
  }

  #follow(
    line: ConsoleLine,
    atMs: number,
    told: Told | undefined,
    messageStart: number,
  ): { readonly classified: ClassifiedLine; readonly moved: boolean } {
    const before = this.#tracker.phase;
    const classified = classifyLine(line.text, before ?? "firmware", messageStart);
    // A piece from the middle of an endless line begins anywhere, so its beginning tells nothing.
    const isSettled = isAtLeast(before, "kernel") && !mayMove(line.text, messageStart);
    if (told !== undefined || line.isContinuation || isSettled) return { classified, moved: false };
    const transitions = this.#tracker.see(line, classified);
    for (const transition of transitions) this.#tellTransition(transition, atMs);
    const { phase } = this.#tracker;
    const isStill = phase === undefined || phase === before;
    return {
      classified: isStill ? classified : classifyLine(line.text, phase, messageStart),
      moved: transitions.length > 0,
    };
  }

  #tellTransition(transition: Transition, atMs: number): void {
    const { teller } = transition;
    const what = { line: teller.line, text: printable(teller.text), atMs: teller.atMs };
    if (transition.kind === "phase") {
      const { phase, kernelTimeS } = transition;
      this.#options.onEvent({ kind: "phase", boot: this.boot, phase, kernelTimeS, ...what });
      return;
    }
    this.closeTrace(atMs);
    this.#quota.refill();
    this.boot += 1;
    const isExpected = this.#expectedReboots > 0;
    if (isExpected) this.#expectedReboots -= 1;
    const { banner } = transition;
    this.#options.onEvent({ kind: "reboot", boot: this.boot, isExpected, banner, ...what });
  }

  #tellMatch(
    pattern: PatternId,
    line: ConsoleLine,
    classified: ClassifiedLine,
    when: { readonly atMs: number; readonly isPartial: boolean },
  ): void {
    const { source, message } = classified;
    const ignored = this.#options.findRule(pattern, message);
    if (!this.#quota.take(pattern, ignored !== undefined)) {
      this.untoldMatches += 1;
      return;
    }
    const { title, traceEnd, gravity } = patterns[pattern];
    const phase = this.#tracker.phase ?? "firmware";
    // A warning inside an oops must not end the oops' trace.
    const isFatal = gravity.severity === "fatal";
    const startsTrace = traceEnd !== undefined && (isFatal || !isFatalTrace(this.#trace));
    if (startsTrace) this.closeTrace(when.atMs);
    const { boot } = this;
    const where = { boot, line: line.line, text: printable(line.text), ...when };
    this.#options.onEvent({
      kind: "match",
      pattern,
      title,
      ...gravity,
      ...where,
      source,
      phase,
      kernelTimeS: recordTimeS(classified),
      before: this.#options.linesBefore(),
      needsSecondWitness: isFatal && isAtLeast(phase, "initrd"),
      hasTrace: startsTrace,
      ignored,
    });
    if (startsTrace) this.#trace = createTraceCapture({ pattern, ...where }, traceEnd);
  }
}

const provenBy = (line: ConsoleLine, classified: ClassifiedLine): PatternId | undefined =>
  line.isContinuation && classified.record === undefined ? undefined : matchingPattern(classified);

const isSameLine = (told: Told, line: ConsoleLine): boolean =>
  told.line === line.line && line.text.startsWith(told.text);

const isFatalTrace = (trace: TraceCapture | undefined): boolean =>
  trace !== undefined && patterns[trace.pattern].gravity.severity === "fatal";
