/** Lets so many go on at once, in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Does `make` when it is its turn, and resolves as that does. The turn is over when `follow` is, which comes after it, however
   * either ends.
   */
  async take<T>(make: () => Promise<T>, follow: (made: T) => Promise<unknown>): Promise<T> {
    await this.#turn();
    const made = make();
    void this.#until(made.then(follow));
    return await made;
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  async #until(act: Promise<unknown>): Promise<void> {
    await act.catch(() => undefined);
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
