import type { Problem } from "./problem.ts";

/** One problem for each value that stood before; undefined values do not count. */
export const duplicateProblems = (
  values: readonly (string | number | undefined)[],
  pathOf: (index: number) => string,
): readonly Problem[] => {
  const firstAt = new Map<string | number, number>();
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    const first = firstAt.get(value);
    if (first === undefined) {
      firstAt.set(value, index);
      return [];
    }
    return [
      {
        path: pathOf(index),
        message: `${JSON.stringify(value)} is used by ${pathOf(first)} already`,
        remedy: "Give each its own",
      },
    ];
  });
};
