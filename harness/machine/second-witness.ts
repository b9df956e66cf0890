import type { AskGuest } from "./ask-guest.ts";
import type { Surroundings } from "./surroundings.ts";
import { failureOf, type Suspect } from "./suspect.ts";

/**
 * Tells whether a fatal console line that a program could have printed is true: by the agent's answer or, when there is
 * none, by a guest that has fallen silent.
 */
export interface SecondWitness {
  /** Goes on until the present suspect is believed or dropped. */
  hear(): void;
  /** The agent can be asked from now on; resolves when it has answered about the present suspect. */
  guestSpeaks(ask: AskGuest): Promise<void>;
  readonly canAsk: boolean;
}

export interface SecondWitnessOptions {
  readonly view: Surroundings;
  /** Undefined when nothing is left to be decided. */
  readonly suspect: () => Suspect | undefined;
  readonly believe: (suspect: Suspect) => void;
  readonly drop: () => void;
}

/** A guest that died says nothing more: a suspect with all its marks is believed after this silence. */
const silenceMs = 700;
/** Without them (call trace cut short, vCPUs at work) the guest has to be silent for longer. */
const longSilenceMs = 5000;
const lookAgainMs = 50;

export const createSecondWitness = (options: SecondWitnessOptions): SecondWitness => {
  const { view } = options;
  let ask: AskGuest | undefined;
  let openQuestions = 0;
  let cancel: (() => void) | undefined;

  const listen = (delayMs: number): void => {
    cancel?.();
    cancel = view.clock.after(delayMs, weigh);
  };
  const weigh = (): void => {
    const suspect = options.suspect();
    if (suspect === undefined) return;
    const silentMs = view.silentMs();
    if (silentMs < silenceMs) listen(silenceMs - silentMs);
    else if (openQuestions === 0 && isLikeDead(suspect, silentMs, view)) options.believe(suspect);
    else listen(lookAgainMs);
  };
  const question = async (): Promise<void> => {
    const asked = options.suspect();
    if (ask === undefined || asked === undefined) return;
    openQuestions += 1;
    const testimony = await ask(failureOf(asked.proof));
    openQuestions -= 1;
    const suspect = options.suspect();
    if (suspect?.proof !== asked.proof) return;
    if (testimony === "confirms") options.believe(suspect);
    if (testimony === "denies") options.drop();
  };

  return {
    hear: () => {
      void question();
      listen(silenceMs);
    },
    guestSpeaks: async (newAsk) => {
      ask = newAsk;
      await question();
    },
    get canAsk() {
      return ask !== undefined;
    },
  };
};

// A panicked kernel has printed its last line and spins; a shell that waits for a keyboard idles.
const isLikeDead = ({ proof, trace }: Suspect, silentMs: number, view: Surroundings): boolean => {
  if (silentMs >= longSilenceMs) return true;
  return proof.hasTrace ? trace?.isComplete === true : view.isIdle(silenceMs);
};
