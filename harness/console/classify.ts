import type { ConsolePhase } from "./console-phase.ts";

/** Who wrote a line, as far as its form and the phase tell. */
export type LineSource = "firmware" | "loader" | "kernel" | "initrd-userspace" | "userspace";

export interface ClassifiedLine {
  readonly source: LineSource;
  /** The text without the kernel's time stamp, and without what a program had left standing before it. */
  readonly message: string;
  /** Kernel time, where the line has a stamp: seconds since the kernel started. */
  readonly kernelTimeS: number | undefined;
}

/**
 * kernel/printk/printk.c: "[%5lu.%06lu]", then with CONFIG_PRINTK_CALLER "[%*s]" holding T<pid> or C<cpu>. It may stand
 * after other text: printk does not wait for a program (a login prompt) to end its line.
 */
export const kernelStamp: RegExp = /\[ {0,4}\d{1,10}\.\d{6}\](?:\[ {0,8}[TC]\d{1,10}\])?/;

/**
 * Tells the writer of a line. A stamp `[   12.345678] ` (or `[   12.345678][    T1] `) marks a kernel record, except
 * that `name[pid]: ` after it is a program writing to /dev/kmsg. Before userspace runs, unstamped lines are the
 * kernel's too (`printk.time=0`). A program can print a stamp of its own: see `needsSecondWitness`.
 */
export const classifyLine = (text: string, phase: ConsolePhase): ClassifiedLine => {
  const record = kernelRecord.exec(text);
  const isRelayed =
    record !== null && record.index > 0 && relayed.test(text.slice(0, record.index));
  if (record === null || isRelayed) {
    return { source: sourceIn[phase], message: text, kernelTimeS: undefined };
  }
  const message = text.slice(record.index + record[0].length);
  const isFromProgram = programTag.test(message);
  return {
    source: isFromProgram ? programSourceIn[phase] : "kernel",
    message,
    kernelTimeS: Number.parseFloat(record[0].slice(1)),
  };
};

const kernelRecord = new RegExp(`${kernelStamp.source}(?: |$)`);
/** syslog and journal relays repeat old kernel lines: "Nov 21 22:59:26 host kernel: [    5.123456] …". */
const relayed = /kernel: $/;
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
