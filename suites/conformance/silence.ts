import { hostClock } from "../../harness/index.ts";

/** Calls `onSilent` once when nothing was heard for that long. */
export class Silence implements Disposable {
  readonly #withinMs: number;
  readonly #onSilent: () => void;
  #cancel: () => void;

  constructor(withinMs: number, onSilent: () => void) {
    this.#withinMs = withinMs;
    this.#onSilent = onSilent;
    this.#cancel = hostClock.after(withinMs, onSilent);
  }

  isBroken(): void {
    this.#cancel();
    this.#cancel = hostClock.after(this.#withinMs, this.#onSilent);
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }
}
