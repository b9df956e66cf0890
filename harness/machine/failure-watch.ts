import type { ProcessExit } from "../../qemu/host-process.ts";
import type { QmpEvent } from "../../qemu/qmp/message.ts";
import type { ConsoleEvent, MatchEvent, TraceEvent } from "../console/console-event.ts";
import type { HostError } from "../core/errors.ts";
import type { AskGuest } from "./ask-guest.ts";
import { guestEndFailure } from "./guest-end.ts";
import {
  blockErrorFailure,
  exitFailure,
  hostFailure,
  stoppedFailure,
  tpmFailure,
} from "./host-faults.ts";
import type { MachineFailure } from "./machine-failure.ts";
import { createSecondWitness, type SecondWitness } from "./second-witness.ts";
import type { Surroundings } from "./surroundings.ts";
import { consoleFailure, failureOf, isOfKernel, type Suspect, withMatch } from "./suspect.ts";

/**
 * - `watching`    nothing is proven; a fatal console line that a program could have printed makes a suspect
 * - `concluding`  it is proven that the machine failed; the rest of the evidence may still be on its way
 * - `failed`      final
 */
type State =
  | { readonly kind: "watching"; readonly suspect: Suspect | undefined }
  | {
      readonly kind: "concluding";
      readonly suspect: Suspect | undefined;
      readonly awaits: "trace" | "console-end";
      readonly conclude: (suspect: Suspect | undefined) => MachineFailure;
    }
  | { readonly kind: "failed"; readonly failure: MachineFailure };

/** For the rest of a call trace, or for what the console's socket still holds when QEMU ends. */
const concludeMs = 700;
/** QEMU's end can be seen before its last QMP event is read. */
const exitGraceMs = 200;

/**
 * Judges a running machine from outside: console, QMP events and QEMU's end. The first proven failure wins. A fatal
 * console line that a program could have printed itself needs QMP or another second witness.
 */
export class FailureWatch {
  /** Resolves with the failure; never rejects. */
  readonly failed: Promise<MachineFailure>;
  readonly #view: Surroundings;
  readonly #oomKillsAtStart: number;
  readonly #resolve: (failure: MachineFailure) => void;
  readonly #witness: SecondWitness;
  #state: State = { kind: "watching", suspect: undefined };
  #symptom: Suspect | undefined;
  #isEndExpected = false;

  constructor(view: Surroundings) {
    const { promise, resolve } = Promise.withResolvers<MachineFailure>();
    this.failed = promise;
    this.#resolve = resolve;
    this.#view = view;
    this.#oomKillsAtStart = view.oomKills();
    this.#witness = createSecondWitness({
      view,
      suspect: () => (this.#state.kind === "watching" ? this.#state.suspect : undefined),
      believe: (suspect) => this.#fail(consoleFailure(suspect)),
      drop: () => this.#drop(),
    });
  }

  /** The failure, as far as it is proven by now. */
  failure(): MachineFailure | undefined {
    const state = this.#state;
    if (state.kind === "concluding") return state.conclude(state.suspect);
    return state.kind === "failed" ? state.failure : undefined;
  }

  /** What may be the reason why the machine does not get ready; it proves nothing. */
  symptom(): MachineFailure | undefined {
    const state = this.#state;
    const suspect = (state.kind === "failed" ? undefined : state.suspect) ?? this.#symptom;
    return suspect && consoleFailure(suspect);
  }

  console(event: ConsoleEvent): void {
    if (event.kind === "match") this.#onMatch(event);
    if (event.kind === "trace") this.#onTrace(event);
    // A reboot that is one is told by QMP as well; its text alone could be a program's.
  }

  /** The console's stream is read to its end. */
  consoleEnded(): void {
    this.#finish();
  }

  qmp(event: QmpEvent): void {
    switch (event.name) {
      case "GUEST_PANICKED":
      case "GUEST_CRASHLOADED":
        this.#onGuestPanic();
        break;
      case "WATCHDOG":
        this.#fail(this.#byQmp("watchdog", "The machine's watchdog fired"));
        break;
      case "BLOCK_IO_ERROR":
        this.#fail(blockErrorFailure(event));
        break;
      case "STOP":
        if (!this.#isEndExpected) this.#fail(stoppedFailure);
        break;
      case "SHUTDOWN":
      case "RESET":
        if (!this.#isEndExpected) this.#onGuestEnd(event);
        break;
    }
  }

  /** @param said the end of QEMU's own output. */
  exited(exit: ProcessExit, said: string): void {
    if (this.#isEndExpected) return;
    const wasOutOfMemory = this.#view.oomKills() > this.#oomKillsAtStart;
    this.#view.clock.after(exitGraceMs, () => {
      if (this.#state.kind === "watching") this.#fail(exitFailure(exit, said, wasOutOfMemory));
    });
  }

  /** swtpm ends with QEMU, whatever ended that; QEMU itself goes on without it. */
  tpmExited(exit: ProcessExit, said: string): void {
    this.#view.clock.after(2 * exitGraceMs, () => {
      if (this.#state.kind === "watching" && !this.#isEndExpected)
        this.#fail(tpmFailure(exit, said));
    });
  }

  /** Nothing of this machine can be written down any more. */
  recordingBroke(error: HostError): void {
    this.#fail(hostFailure(error));
  }

  /** From now on the guest may reboot or power off without that being a failure. */
  expectEnd(): void {
    this.#isEndExpected = true;
  }

  /** The agent can be asked from now on; resolves when it has answered about the present suspect. */
  async guestSpeaks(ask: AskGuest): Promise<void> {
    await this.#witness.guestSpeaks(ask);
  }

  #onMatch(match: MatchEvent): void {
    const state = this.#state;
    if (match.ignored !== undefined || state.kind === "failed") return;
    if (match.severity !== "fatal") {
      if (match.severity === "error" && match.failure !== undefined) {
        this.#symptom ??= withMatch(undefined, match);
      }
      return;
    }
    const suspect = withMatch(state.suspect, match);
    if (state.kind === "concluding") {
      const isProven = state.awaits === "trace" && state.suspect !== undefined;
      // What follows a proven failure is its consequence; an emulator's fault inside it is its cause.
      if (!isProven || suspect.proof === state.suspect?.proof) this.#state = { ...state, suspect };
      return;
    }
    this.#state = { kind: "watching", suspect };
    // An oops is judged with its trace: only there an emulator's fault shows.
    const isOpenOops = failureOf(suspect.proof) === "oops" && suspect.proof.hasTrace;
    if (suspect !== state.suspect && !isOpenOops) this.#judge(suspect);
  }

  #onTrace(trace: TraceEvent): void {
    const state = this.#state;
    if (state.kind === "failed" || state.suspect === undefined) return;
    const { proof } = state.suspect;
    if (proof.line !== trace.line || proof.boot !== trace.boot) return;
    const suspect = { ...state.suspect, trace };
    this.#state = { ...state, suspect };
    if (state.kind === "watching" && failureOf(proof) === "oops") this.#judge(suspect);
    if (state.kind === "concluding" && state.awaits === "trace") this.#finish();
  }

  #judge(suspect: Suspect): void {
    const { cause, proof, trace } = suspect;
    // A whole register dump and call trace with kernel stamps; most oopses leave the rest of the guest running, so
    // silence would be no witness. An agent knows better.
    const isWholeOops = failureOf(proof) === "oops" && trace?.isComplete === true;
    const isEmulators = failureOf(cause) === "emulator-fault";
    const isProven =
      !proof.needsSecondWitness || (isWholeOops && (isEmulators || !this.#witness.canAsk));
    if (isProven) this.#conclude("trace", suspect, (proven) => consoleFailure(proven ?? suspect));
    else this.#witness.hear();
  }

  #onGuestPanic(): void {
    const present = this.#state.kind === "watching" ? this.#state.suspect : undefined;
    const suspect = present !== undefined && isOfKernel(present) ? present : undefined;
    this.#conclude("trace", suspect, (told) =>
      told !== undefined && isOfKernel(told)
        ? consoleFailure(told)
        : this.#byQmp("panic", "The guest told its panic device that it panicked"),
    );
  }

  #onGuestEnd(event: QmpEvent): void {
    const suspect = this.#state.kind === "watching" ? this.#state.suspect : undefined;
    this.#conclude("console-end", suspect, (told) =>
      guestEndFailure(event, told, this.#view.lastLines(20)),
    );
  }

  #conclude(
    awaits: "trace" | "console-end",
    suspect: Suspect | undefined,
    conclude: (suspect: Suspect | undefined) => MachineFailure,
  ): void {
    if (this.#state.kind !== "watching") return;
    this.#state = { kind: "concluding", suspect, awaits, conclude };
    const isWhole =
      suspect !== undefined && (!suspect.proof.hasTrace || suspect.trace !== undefined);
    if (awaits === "trace" && isWhole) this.#finish();
    else this.#view.clock.after(concludeMs, () => this.#finish());
  }

  #finish(): void {
    if (this.#state.kind === "concluding") this.#fail(this.#state.conclude(this.#state.suspect));
  }

  #drop(): void {
    if (this.#state.kind === "watching") this.#state = { kind: "watching", suspect: undefined };
  }

  #byQmp(kind: MachineFailure["kind"], reason: string): MachineFailure {
    return { kind, reason, witness: "qmp", context: this.#view.lastLines(20) };
  }

  #fail(failure: MachineFailure | undefined): void {
    if (failure === undefined || this.#state.kind === "failed") return;
    this.#state = { kind: "failed", failure };
    this.#resolve(failure);
  }
}
