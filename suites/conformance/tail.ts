const maxLineLength = 1000;

/** The last lines of a program's output, whatever it prints: a bounded number of bounded length. */
export class Tail {
  readonly #maxLines: number;
  #lines: string[] = [];
  #partial = "";

  constructor(maxLines: number) {
    this.#maxLines = maxLines;
  }

  /** @returns the lines that became whole with it. */
  push(text: string): readonly string[] {
    const pieces = (this.#partial + text).split("\n").map((line) => line.slice(0, maxLineLength));
    this.#partial = pieces.pop() ?? "";
    const whole = pieces.filter((line) => line.trim() !== "");
    this.#lines = [...this.#lines, ...whole].slice(-this.#maxLines);
    return whole;
  }

  get lines(): readonly string[] {
    return this.#partial.trim() === "" ? this.#lines : [...this.#lines, this.#partial];
  }
}
