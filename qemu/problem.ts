/** One thing that is wrong with a spec. A validation returns them all. */
export interface Problem {
  /** Where, as in `disks[1].serial`. */
  readonly path: string;
  /** What was expected and what was seen. */
  readonly message: string;
  /** What to do: one sentence, imperative. */
  readonly remedy: string;
}
