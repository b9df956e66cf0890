export interface ImageName {
  readonly image: string;
  readonly mutant?: string;
}

/** `reference`, or `reference+root-rw` for a mutant of it; undefined for anything else, such as a path. */
export const resolveImageName = (spec: string): ImageName | undefined => {
  const [, image, mutant] = /^([a-z0-9-]+)(?:\+([a-z0-9-]+))?$/.exec(spec) ?? [];
  if (image === undefined) return undefined;
  return mutant === undefined ? { image } : { image, mutant };
};

/** Up to three of `known` that are at most a third of their length away from `wanted`, nearest first. */
export const nearestNames = (wanted: string, known: readonly string[]): readonly string[] =>
  known
    .map((name) => ({ name, distance: editDistance(wanted.slice(0, 128), name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);

/** Levenshtein distance, one row at a time. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, charA] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, charB] of [...b].entries()) {
      const substitution = (row[j] ?? 0) + (charA === charB ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
