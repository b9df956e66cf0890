/** As much a line counts at least, so that there are never many. */
const leastSize = 64;

/** The first and the last lines of a text of any length, each half of so many characters: what is between them is counted. */
export class BoundedLines {
  readonly #maxHalf: number;
  readonly #first: string[] = [];
  readonly #last: string[] = [];
  #firstSize = 0;
  #lastSize = 0;
  #leftOut = 0;

  constructor(maxLength: number) {
    this.#maxHalf = maxLength / 2;
  }

  push(line: string): void {
    const size = sizeOf(line);
    if (this.#last.length === 0 && this.#firstSize + size <= this.#maxHalf) {
      this.#first.push(line);
      this.#firstSize += size;
      return;
    }
    this.#last.push(line);
    this.#lastSize += size;
    while (this.#lastSize > this.#maxHalf && this.#last.length > 1) {
      this.#lastSize -= sizeOf(this.#last.shift() ?? "");
      this.#leftOut += 1;
    }
  }

  get lines(): readonly string[] {
    const between = this.#leftOut === 0 ? [] : [`  … ${this.#leftOut} lines left out …`];
    return [...this.#first, ...between, ...this.#last];
  }
}

const sizeOf = (line: string): number => Math.max(leastSize, line.length + 1);
