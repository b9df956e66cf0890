// The order of versions of UAPI.10, as systemd's strverscmp_improved has it (src/fundamental/string-util-fundamental.c).

/** A part of a version; `rank` decides before `value` does. */
interface Part {
  readonly rank: number;
  readonly value: string;
}

/** `~` is older than the end of a version, and everything else newer; a number is newer than letters. */
const ranks: readonly RegExp[] = [/^~/, /^$/, /^-/, /^\^/, /^\./, /^[a-zA-Z]+/, /^\d+/];
const end: Part = { rank: 1, value: "" };

/** Negative when `a` is the older one. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareParts(left[at] ?? end, right[at] ?? end);
    if (order !== 0) return order;
  }
  return 0;
};

const partsOf = (version: string): readonly Part[] =>
  (version.match(/[~^.-]|\d+|[a-zA-Z]+/g) ?? []).map((value) => ({
    rank: ranks.findIndex((rank) => rank.test(value)),
    value,
  }));

const compareParts = (a: Part, b: Part): number => {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (/^\d/.test(a.value)) return Number(BigInt(a.value) - BigInt(b.value));
  return a.value === b.value ? 0 : a.value < b.value ? -1 : 1;
};
