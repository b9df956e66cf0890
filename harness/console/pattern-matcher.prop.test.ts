import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyLine, type LineSource, recordTimeS } from "./classify.ts";
import type { ConsolePhase } from "./console-phase.ts";
import { kernelStamp, stampedMessageStart } from "./kernel-stamp.ts";
import { matchingPattern, mayMove, mayTell } from "./pattern-matcher.ts";
import { type PatternId, patternIds, patterns } from "./patterns.ts";
import { phaseStarts, phaseTexts } from "./phase-markers.ts";

// What the tables and the numbers stand for, by regexes over the whole line and by trying every row.

const rows = patternIds.map((id) => ({ id, ...patterns[id] }));
const tellStarts = [...rows.flatMap(({ starts }) => starts), ...phaseStarts];
const tellTexts = [...rows.flatMap(({ anywhere }) => anywhere ?? []), ...phaseTexts];

const hintOf = (starts: readonly string[], texts: readonly string[], text: string): boolean => {
  const message = text.replace(new RegExp(`^${kernelStamp.source} `), "");
  return (
    starts.some((start) => message.startsWith(start) || text.startsWith(start)) ||
    texts.some((part) => text.includes(part)) ||
    new RegExp(`(?!^)${kernelStamp.source}`).test(text)
  );
};

const firstRow = (source: LineSource, message: string): PatternId | undefined =>
  rows.find(({ sources, regex }) => sources.includes(source) && regex.test(message))?.id;

const recordIn = (text: string): RegExpExecArray | null => {
  const record = new RegExp(`${kernelStamp.source}(?: |$)`).exec(text);
  return record !== null && text.slice(0, record.index).endsWith("kernel: ") ? null : record;
};

const seconds = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map(String),
  fc.bigInt({ min: 0n, max: 99_999_999_999n }).map(String),
);
const stamp = fc
  .tuple(
    fc.constantFrom("", " ", "    ", "     "),
    seconds,
    fc.constantFrom("000000", "123456", "999999", "12345", "1234567"),
    fc.constantFrom("]", "][T1]", "][    C12]", "][ X1]", "][T]", ""),
    fc.constantFrom(" ", "", "  "),
  )
  .map(([pad, whole, fraction, end, gap]) => `[${pad}${whole}.${fraction}${end}${gap}`);
const words = fc.oneof(
  fc.constantFrom(...tellStarts, ...tellTexts),
  fc.constantFrom(
    "Kernel panic - not syncing: Attempted to kill init!",
    "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    "NMI watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 3",
    "BUG: soft lockup - CPU#0 stuck for 22s!",
    "BUG: kernel NULL pointer dereference",
    "I/O error, dev vda, sector 0",
    "sd 0:0:0:0: rejecting I/O to offline device",
    "a[4]: segfault at 0 ip 00005",
    "app[31]: panic: x",
    "dracut: Refusing to continue",
    "[FAILED] Failed to start a.service.",
    "grub> ",
    "kernel: ",
    "name[12]: ",
    "é",
  ),
  fc.string({ maxLength: 8 }),
);
const line = fc
  .array(fc.oneof(words, stamp), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));
const phase = fc.constantFrom<ConsolePhase>("firmware", "loader", "kernel", "initrd", "userspace");

test("the hints are those of the texts that they are made from", () => {
  fc.assert(
    fc.property(line, (text) => {
      expect([mayTell(text), mayMove(text, stampedMessageStart(text))]).toEqual([
        hintOf(tellStarts, tellTexts, text),
        hintOf(phaseStarts, phaseTexts, text),
      ]);
    }),
    { numRuns: 5000 },
  );
});

test("a line fits the first row of the table that fits, as if every row was tried", () => {
  fc.assert(
    fc.property(line, phase, (text, during) => {
      const classified = classifyLine(text, during);
      expect(matchingPattern(classified)).toBe(firstRow(classified.source, classified.message));
    }),
    { numRuns: 5000 },
  );
});

const programTag = /^[\w.@:()/-]{1,64}\[\d{1,10}\]: (?!segfault at )/;

test("writer, message and time are those of the first record in the line", () => {
  fc.assert(
    fc.property(line, phase, (text, during) => {
      const record = recordIn(text);
      const classified = classifyLine(text, during);
      const source = during === "initrd" ? "initrd-userspace" : during;
      const message = record === null ? text : text.slice(record.index + record[0].length);
      const isKernel = !programTag.test(message);
      const unstamped = { source, message: text, timeS: undefined };
      const stamped = {
        source: isKernel ? "kernel" : during === "userspace" ? "userspace" : "initrd-userspace",
        message,
        timeS: Number.parseFloat(record?.[0].slice(1) ?? ""),
      };
      expect({
        source: classified.source,
        message: classified.message,
        timeS: recordTimeS(classified),
      }).toEqual(record === null ? unstamped : stamped);
    }),
    { numRuns: 5000 },
  );
});
