/**
 * Does the act for each item, for at most `count` at a time; results are in the order of the items. When one fails no other is begun,
 * and those that were begun have ended when this throws: what they hold is theirs to give back.
 */
export const sideBySide = async <Item, Result>(
  count: number,
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const waiting = items.entries();
  const failures: unknown[] = [];
  const line = async (): Promise<void> => {
    // All lines take from the same iterator.
    for (const [index, item] of waiting) {
      try {
        results[index] = await act(item, index);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, count) }, line));
  if (failures.length > 0) throw failures[0];
  return results;
};
