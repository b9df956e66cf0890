import type { QemuExit } from "../../qemu/qemu-process.ts";
import type { QmpEvent } from "../../qemu/qmp/message.ts";
import type { ConsoleEngine } from "../console/console-engine.ts";
import type { ConsoleEvent, MatchEvent } from "../console/console-event.ts";
import { hostClock } from "../core/clock.ts";
import { printable } from "../core/printable.ts";
import type { BootFailure } from "../verdict/boot-failure.ts";
import { hostOomKills } from "./host-oom.ts";

/**
 * Judges a running machine from outside: console lines, QMP events and QEMU's end. The first failure wins.
 * A fatal console line that a program could have printed itself is believed when QMP agrees, or when nothing but the
 * kernel is heard for `silenceMs` and the agent does not answer.
 */
export interface FailureWatch {
  /** Resolves with the first failure; never rejects. */
  readonly failed: Promise<BootFailure>;
  failure(): BootFailure | undefined;
  console(event: ConsoleEvent): void;
  qmp(event: QmpEvent): void;
  exited(exit: QemuExit): void;
  /** From now on the guest may reboot or power off without that being a failure. */
  expectEnd(): void;
  /** Asked before an unproven console line is believed: does the agent still answer? */
  isAlive: () => Promise<boolean>;
}

const silenceMs = 700;

export const createFailureWatch = (
  engine: () => Pick<ConsoleEngine, "lastLines" | "lineCount" | "phase">,
  accel: "kvm" | "tcg",
): FailureWatch => {
  const { promise: failed, resolve } = Promise.withResolvers<BootFailure>();
  let first: BootFailure | undefined;
  let isEndExpected = false;
  let suspect: MatchEvent | undefined;
  let sawRestart = false;
  const oomKillsAtStart = hostOomKills();

  const fail = (failure: BootFailure): void => {
    first ??= failure;
    resolve(first);
  };
  const confirmLater = (match: MatchEvent): void => {
    suspect = match;
    hostClock.after(silenceMs, () => {
      void (async () => {
        const linesThen = engine().lineCount;
        if (suspect !== match || (await watch.isAlive())) return;
        if (engine().lineCount === linesThen) fail(consoleFailure(match));
      })();
    });
  };
  const onMatch = (match: MatchEvent): void => {
    if (match.ignored !== undefined || match.severity !== "fatal") return;
    if (match.failure === "oops" && match.hasTrace) {
      suspect = match; // judged with its trace: an emulator fault shows only there
      return;
    }
    if (match.needsSecondWitness) confirmLater(match);
    else fail(consoleFailure(match));
  };

  const watch: FailureWatch = {
    failed,
    failure: () => first,
    isAlive: async () => false,
    expectEnd: () => {
      isEndExpected = true;
    },
    console: (event) => {
      if (event.kind === "match") onMatch(event);
      if (event.kind === "trace" && suspect?.line === event.line)
        fail(consoleFailure(suspect, event.lines));
      if (event.kind === "reboot" && !event.isExpected && !isEndExpected) sawRestart = true;
    },
    qmp: (event) => {
      if (event.name === "GUEST_PANICKED") {
        fail(suspect === undefined ? qmpPanic(engine()) : consoleFailure(suspect));
      } else if (event.name === "WATCHDOG") {
        fail({ kind: "watchdog", reason: "The machine's watchdog fired", witness: "qmp" });
      } else if ((event.name === "SHUTDOWN" || event.name === "RESET") && !isEndExpected) {
        fail(endFailure(event, suspect, engine(), sawRestart));
      }
    },
    exited: (exit) => {
      if (isEndExpected) return;
      const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
      if (exit.signal === "SIGKILL" && hostOomKills() > oomKillsAtStart) {
        fail({
          kind: "host-oom",
          reason: "The host ran out of memory and killed QEMU",
          witness: "process",
        });
      } else {
        fail({
          kind: "qemu-died",
          reason: `QEMU ended by itself (${how}, ${accel})`,
          witness: "process",
        });
      }
    },
  };
  return watch;
};

const consoleFailure = (match: MatchEvent, trace: readonly string[] = []): BootFailure => ({
  kind: match.severity === "warning" ? "hang" : (match.failure ?? "hang"),
  reason: printable(`${match.title}: ${match.text}`, 500),
  witness: "console",
  line: match.line,
  context: [...match.before, match.text, ...trace]
    .slice(0, 60)
    .map((line) => printable(line, 1000)),
});

const qmpPanic = (engine: Pick<ConsoleEngine, "lastLines">): BootFailure => ({
  kind: "panic",
  reason: "The guest kernel told the panic device that it panicked",
  witness: "qmp",
  context: engine.lastLines(20),
});

// A guest that ends before it was asked to: after an unproven panic line that is the proof of it, else it rebooted by
// itself; a reset that no kernel announced ("reboot: …") is how a triple fault looks from outside.
const endFailure = (
  event: QmpEvent,
  suspect: MatchEvent | undefined,
  engine: Pick<ConsoleEngine, "lastLines" | "phase">,
  sawRestart: boolean,
): BootFailure => {
  if (suspect !== undefined) return consoleFailure(suspect);
  const reason = String(event.data["reason"] ?? "unknown");
  const lines = engine.lastLines(20);
  const isAnnounced = lines.some((line) =>
    /reboot: (Restarting|machine restart|Power down|System halted)/.test(line),
  );
  const what = `The guest ended before it was ready (QMP ${event.name}, ${printable(reason, 40)})`;
  const context = { witness: "qmp", context: lines } as const;
  if (reason === "guest-reset" && !isAnnounced && !sawRestart) {
    return { kind: "triple-fault", reason: `${what} and no kernel had announced it`, ...context };
  }
  return { kind: reason === "guest-reset" ? "reboot-loop" : "hang", reason: what, ...context };
};
