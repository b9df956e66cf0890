import { type BootedMachine, hostClock } from "../../harness/index.ts";
import { isStarved } from "../node-runtime/was-starved.ts";

/**
 * What the host gives the machine while specs run, sampled again and again: of a spec, and of what it waits for, only the
 * end is seen, so that the beginning must have been sampled before anybody asks for it.
 */
export class LoadWatch implements Disposable {
  readonly #machine: Pick<BootedMachine, "load" | "sampleLoad">;
  readonly #everyMs: number;
  #cancel: () => void = () => {};

  constructor(machine: Pick<BootedMachine, "load" | "sampleLoad">, everyMs = 1000) {
    this.#machine = machine;
    this.#everyMs = everyMs;
    this.#sample();
  }

  /** Whether the machine was starved in the last `ms` milliseconds. */
  wasStarvedFor(ms: number): boolean {
    const last = this.#machine.sampleLoad();
    if (last === undefined) return false;
    const { load } = this.#machine;
    const first = load.findLast(({ atMs }) => atMs <= last.atMs - ms) ?? load[0] ?? last;
    return isStarved(first, last);
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #sample(): void {
    this.#machine.sampleLoad();
    this.#cancel = hostClock.after(this.#everyMs, () => this.#sample());
  }
}
