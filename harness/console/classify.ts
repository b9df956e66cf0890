import type { ConsolePhase } from "./console-phase.ts";
import { kernelStamp, stampedMessageStart } from "./kernel-stamp.ts";

/** Who wrote a line, as far as its form and the phase tell. */
export type LineSource = "firmware" | "loader" | "kernel" | "initrd-userspace" | "userspace";

export interface ClassifiedLine {
  readonly source: LineSource;
  /** The text without the kernel's time stamp, and without what a program had left standing before it. */
  readonly message: string;
  /** The text from the kernel's time stamp on, where the line has one. */
  readonly record: string | undefined;
}

/**
 * Tells the writer of a line. A stamp `[   12.345678] ` (or `[   12.345678][    T1] `) marks a kernel record, except
 * that `name[pid]: ` after it is a program writing to /dev/kmsg. Before userspace runs, unstamped lines are the
 * kernel's too (`printk.time=0`). A program can print a stamp of its own: see `needsSecondWitness`.
 * @param messageStart as `stampedMessageStart` tells it.
 */
export const classifyLine = (
  text: string,
  phase: ConsolePhase,
  messageStart: number = stampedMessageStart(text),
): ClassifiedLine => {
  if (messageStart > 0) return recordOf(text, text.slice(messageStart), phase);
  const start = text.search(kernelRecord);
  if (start === -1 || (start > 0 && relayed.test(text.slice(0, start)))) {
    return { source: sourceIn[phase], message: text, record: undefined };
  }
  const record = text.slice(start);
  return recordOf(record, record.replace(kernelRecord, ""), phase);
};

const recordOf = (record: string, message: string, phase: ConsolePhase): ClassifiedLine => ({
  source: isFromProgram(message) ? programSourceIn[phase] : "kernel",
  message,
  record,
});

/** Seconds since the kernel started. Not read from every line, but from the few whose time is told. */
export const recordTimeS = ({ record }: ClassifiedLine): number | undefined =>
  record === undefined ? undefined : Number.parseFloat(record.slice(1));

const kernelRecord = new RegExp(`${kernelStamp.source}(?: |$)`);
/** syslog and journal relays repeat old kernel lines: "Nov 21 22:59:26 host kernel: [    5.123456] …". */
const relayed = /kernel: $/;
// Most messages have no bracket, and the regex would try every part of their first word as a name.
const isFromProgram = (message: string): boolean =>
  message.includes("[") && programTag.test(message);
const programTag = /^[\w.@:()/-]{1,64}\[\d{1,10}\]: (?!segfault at )/;

const sourceIn: Readonly<Record<ConsolePhase, LineSource>> = {
  firmware: "firmware",
  loader: "loader",
  kernel: "kernel",
  initrd: "initrd-userspace",
  userspace: "userspace",
};
const programSourceIn: Readonly<Record<ConsolePhase, LineSource>> = {
  ...sourceIn,
  firmware: "initrd-userspace",
  loader: "initrd-userspace",
  kernel: "initrd-userspace",
};
