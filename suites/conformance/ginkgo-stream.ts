// What `ginkgo -v` prints of specs that run side by side: blocks between lines of dashes, each complete when its spec is over
// (github.com/onsi/ginkgo/v2/reporters/default_reporter.go; read off v2.28.1 on 2026-11-30). Written for programs is only the
// report at the end, which a machine that dies half-way never writes.

import { BoundedLines } from "./bounded-lines.ts";

export type GinkgoState =
  | "passed"
  | "failed"
  | "skipped"
  | "pending"
  | "panicked"
  | "timedout"
  | "interrupted"
  | "aborted";

export interface FinishedSpec {
  /** All texts from the outermost group to the spec, with its labels in brackets. */
  readonly name: string;
  readonly state: GinkgoState;
  readonly durationMs: number;
  /** What was printed of it after its name, bounded. */
  readonly output: string;
}

export interface GinkgoEvents {
  readonly onSpec: (spec: FinishedSpec) => void;
  /** A spec that is still running after some time, by its name; maybe more than once. */
  readonly onRunning?: (name: string) => void;
  /** It came to its end and ran so many specs, those of BeforeSuite and the like not counted. */
  readonly onEnd?: (ran: number) => void;
  /** Something for all specs failed, as BeforeSuite. */
  readonly onSuiteFailure?: (text: string) => void;
}

const delimiter = "-".repeat(30);
const maxBlockBytes = 65_536;
const maxLineBytes = 16_384;

const stateByWord: Readonly<Record<string, GinkgoState>> = {
  FAILED: "failed",
  SKIPPED: "skipped",
  PENDING: "pending",
  PANICKED: "panicked",
  TIMEDOUT: "timedout",
  INTERRUPTED: "interrupted",
  ABORTED: "aborted",
};

/** Reads the stream as it comes, in pieces of any size. */
export class GinkgoStream {
  readonly #events: GinkgoEvents;
  #partial = "";
  #block = new BoundedLines(maxBlockBytes);
  #hasHead = false;

  constructor(events: GinkgoEvents) {
    this.#events = events;
  }

  push(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = (lines.pop() ?? "").slice(0, maxLineBytes);
    for (const line of lines) this.#takeLine(line.slice(0, maxLineBytes));
  }

  /** What came last had no line of dashes behind it. */
  end(): void {
    this.#takeLine(this.#partial);
    this.#partial = "";
    this.#takeBlock();
  }

  #takeLine(line: string): void {
    const running = this.#hasHead ? undefined : runningPattern.exec(line)?.[1];
    if (running !== undefined) this.#events.onRunning?.(plainName(running));
    const ran = /^Ran (\d+) of \d+ Specs in /.exec(line)?.[1];
    if (ran !== undefined) this.#events.onEnd?.(Number(ran));
    if (line === delimiter) {
      this.#takeBlock();
      return;
    }
    // What stands before a head is of no use, and may be long: reports of how far slow specs are.
    if (!this.#hasHead && headPattern.test(line)) {
      this.#block = new BoundedLines(maxBlockBytes);
      this.#hasHead = true;
    }
    this.#block.push(line);
  }

  #takeBlock(): void {
    const block = this.#block.lines;
    this.#block = new BoundedLines(maxBlockBytes);
    this.#hasHead = false;
    // What a spec printed is indented.
    const start = block.findIndex((line) => headPattern.test(line));
    const [, word, seconds = "0"] = headPattern.exec(block[start] ?? "") ?? [];
    if (start >= 0) {
      const [name = "", ...rest] = block.slice(start + 1);
      const state = word === undefined ? "passed" : (stateByWord[word] ?? "failed");
      const durationMs = Math.round(Number(seconds) * 1000);
      this.#events.onSpec({
        name: plainName(name),
        state,
        durationMs,
        output: textOf(withoutReports(rest)),
      });
      return;
    }
    const broken = block.findIndex((line) => brokenSuitePattern.test(line));
    if (broken >= 0) this.#events.onSuiteFailure?.(textOf(block.slice(broken)));
  }
}

const headPattern = /^[^\s[]+ (?:\[([A-Z!]+)\](?: |$))?(?:\[(\d+(?:\.\d+)?) seconds\])?$/;
const brokenSuitePattern = /^\[(?:Synchronized)?(?:Before|After)Suite\] \[[A-Z]/;

/** Without the words that say which of its functions broke. */
export const plainName = (text: string): string =>
  text
    .replaceAll(
      /\[(?:It|(?:Just)?(?:Before|After)Each|(?:Before|After)All|DeferCleanup(?: \([^)]*\))?)\] /g,
      "",
    )
    .replaceAll(/\s+/g, " ")
    .trim();

const runningPattern = /^\s+(\S.*) \(Spec Runtime: /;

/** Without the reports of how far it was after seconds, which stand again in what is printed at its end: they are long, and tell little. */
const withoutReports = (lines: readonly string[]): readonly string[] => {
  let isIn = false;
  return lines.filter((line, index) => {
    const isEarly = /\(Spec Runtime: \d+(?:\.\d+)?s\)$/.test(lines[index + 1] ?? "");
    if (/^ {2}\S/.test(line)) isIn = line === "  Automatically polling progress:" && isEarly;
    return !isIn;
  });
};

const textOf = (lines: readonly string[]): string => lines.join("\n").trim();
