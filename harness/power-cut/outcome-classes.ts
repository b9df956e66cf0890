import type { Phase, PhasedState } from "./crash-states.ts";
import type { Judgement } from "./oracle.ts";

/** All states of one phase in which the oracle found the same. */
export interface OutcomeClass {
  readonly phase: Phase;
  readonly outcome: string;
  readonly isWhole: Judgement["isWhole"];
  readonly isBad: boolean;
  readonly states: number;
  /** The first of them. */
  readonly example: string;
}

/** A state to boot, and what is to be found then. */
export interface Representative
  extends Pick<OutcomeClass, "phase" | "outcome" | "isWhole" | "isBad"> {
  readonly name: string;
}

export class OutcomeClasses {
  readonly #classes = new Map<
    string,
    { -readonly [Key in keyof OutcomeClass]: OutcomeClass[Key] }
  >();
  /** The first state of a class in each window, by class. */
  readonly #perWindow = new Map<string, Map<number, Representative>>();

  add(state: PhasedState, { outcome, isWhole }: Judgement, isBad: boolean): void {
    const { name, phase, windowStart } = state;
    const key = JSON.stringify([phase, outcome, isWhole, isBad]);
    const known = this.#classes.get(key);
    if (known === undefined) {
      this.#classes.set(key, { phase, outcome, isWhole, isBad, states: 1, example: name });
      this.#perWindow.set(key, new Map());
    } else known.states += 1;
    const windows = this.#perWindow.get(key);
    if (windows?.has(windowStart) === false) {
      windows.set(windowStart, { name, phase, outcome, isWhole, isBad });
    }
  }

  all(): readonly OutcomeClass[] {
    return [...this.#classes.values()];
  }

  /** One of each class; then, class by class in turn, one of each window, the middle of what is left first. */
  representatives(): readonly Representative[] {
    const waiting = [...this.#perWindow.values()].map((windows) => [...windows.values()]);
    const chosen: Representative[] = [];
    while (waiting.some((left) => left.length > 0)) {
      for (const left of waiting) {
        const [next] = left.splice(Math.floor(left.length / 2), 1);
        if (next !== undefined) chosen.push(next);
      }
    }
    return chosen;
  }
}
