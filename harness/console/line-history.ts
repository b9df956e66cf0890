import { printable } from "../core/printable.ts";

/** The last lines of a console, for time-out messages and the context of a match. */
export interface LineHistory {
  add(text: string): void;
  /** Up to `count` printable lines, oldest first. */
  last(count: number): readonly string[];
}

export const createLineHistory = (capacity: number): LineHistory => {
  const ring: string[] = [];
  let next = 0;
  return {
    add: (text) => {
      ring[next] = text;
      next = next + 1 === capacity ? 0 : next + 1;
    },
    last: (count) => {
      const oldestFirst =
        ring.length < capacity ? ring : [...ring.slice(next), ...ring.slice(0, next)];
      return count <= 0 ? [] : oldestFirst.slice(-count).map((text) => printable(text));
    },
  };
};
