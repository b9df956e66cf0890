import type { WatchedDeadline } from "../../node-runtime/watched-deadline.ts";

/** Something did not happen in time: the image's fault, unless its machine waited for the host during that very wait. */
export class Late extends Error {
  readonly wasStarved: boolean;

  constructor(deadline: Pick<WatchedDeadline, "wasStarved">, reason: string) {
    super(reason);
    this.wasStarved = deadline.wasStarved();
  }
}

/** @param deadline of the wait. */
export const late = (deadline: Pick<WatchedDeadline, "wasStarved">, reason: string): never => {
  throw new Late(deadline, reason);
};
