/** The first and the last lines of a text of any length, each half of so many bytes: what is between them is counted. */
export class BoundedLines {
  readonly #maxHalf: number;
  readonly #first: string[] = [];
  readonly #last: string[] = [];
  #firstBytes = 0;
  #lastBytes = 0;
  #leftOut = 0;

  constructor(maxBytes: number) {
    this.#maxHalf = maxBytes / 2;
  }

  push(line: string): void {
    const bytes = line.length + 1;
    if (this.#last.length === 0 && this.#firstBytes + bytes <= this.#maxHalf) {
      this.#first.push(line);
      this.#firstBytes += bytes;
      return;
    }
    this.#last.push(line);
    this.#lastBytes += bytes;
    while (this.#lastBytes > this.#maxHalf && this.#last.length > 1) {
      this.#lastBytes -= (this.#last.shift() ?? "").length + 1;
      this.#leftOut += 1;
    }
  }

  get lines(): readonly string[] {
    const between = this.#leftOut === 0 ? [] : [`  … ${this.#leftOut} lines left out …`];
    return [...this.#first, ...between, ...this.#last];
  }
}
