import type { QmpEvent } from "../../qemu/qmp/message.ts";
import { printable } from "../core/printable.ts";
import type { MachineFailure } from "./machine-failure.ts";
import { consoleFailure, isOfKernel, type Suspect } from "./suspect.ts";

/**
 * Judges a machine that shut down or reset itself before it was asked to. After a fatal console line that is its
 * proof; a reset that nobody announced is how a triple fault looks from outside.
 * @param event QMP SHUTDOWN or RESET.
 * @param lines the console's last ones, read to their end.
 */
export const guestEndFailure = (
  event: QmpEvent,
  suspect: Suspect | undefined,
  lines: readonly string[],
): MachineFailure => {
  const reason = printable(String(event.data["reason"] ?? "unknown"), 40);
  const seen = { witness: "qmp", context: lines } as const;
  if (event.data["guest"] === false) {
    return { kind: "qemu-died", reason: `The host ended QEMU (QMP ${reason})`, ...seen };
  }
  const isAnnounced = lines.some((line) => announcement.test(line));
  // A panic resets without a word, so a guest that said goodbye had not panicked.
  if (suspect !== undefined && !(isAnnounced && isOfKernel(suspect))) {
    return consoleFailure(suspect);
  }
  if (reason === "guest-panic") {
    return { kind: "panic", reason: "The guest told QEMU that it panicked", ...seen };
  }
  if (reason !== "guest-reset") {
    const what = `The guest powered itself off before it was ready (QMP ${reason})`;
    return { kind: "hang", reason: what, ...seen };
  }
  return isAnnounced
    ? { kind: "reboot-loop", reason: "The guest rebooted before it was ready", ...seen }
    : {
        kind: "triple-fault",
        reason: "The guest was reset before it was ready, and no kernel had announced it",
        ...seen,
      };
};

/**
 * How a guest that was asked to power off ended otherwise, in one sentence; undefined when it did power off.
 * @param shutdown QMP SHUTDOWN.
 */
export const uncleanEndOf = (
  shutdown: QmpEvent | undefined,
  failure: MachineFailure | undefined,
): string | undefined => {
  if (failure !== undefined) {
    return `The machine failed while it powered off: ${failure.kind}: ${failure.reason}`;
  }
  const reason = printable(String(shutdown?.data["reason"] ?? "unknown"), 40);
  // A kernel that panics in the middle of its shutdown resets, and with no panic device nothing else tells of it.
  return reason === "guest-shutdown"
    ? undefined
    : `The guest did not power off when it was asked to, but ended by QMP ${reason}`;
};

// kernel/reboot.c, arch/x86/kernel/reboot.c and drivers/tty/sysrq.c; all of level emerg, so `quiet` does not hide them.
const announcement =
  /reboot: (?:Restarting|machine restart|Power down|System halted|Starting new kernel)|sysrq: (?:Resetting|Power Off)/;
