import { type ClassifiedLine, kernelStamp, type LineSource } from "./classify.ts";
import { type PatternId, patternIds, patterns } from "./patterns.ts";
import { phaseStarts, phaseTexts } from "./phase-markers.ts";

/** Names the failure that a line proves, if any: the first fitting row of the table. */
export const matchingPattern = (line: ClassifiedLine): PatternId | undefined =>
  rowsFor[line.source].find(({ regex }) => regex.test(line.message))?.id;

/** False for lines that cannot move a boot whose kernel runs to another phase. */
export const mayMove = (text: string): boolean =>
  mayMoveByStart.test(text) || mayMoveAnywhere.test(text);

/** False for lines that neither fit a row of the table nor move the boot to another phase: quick, for the many. */
export const mayTell = (text: string): boolean =>
  mayTellByStart.test(text) || mayTellAnywhere.test(text);

const oneOf = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");

const rows = patternIds.map((id) => ({ id, ...patterns[id] }));
const rowsOf = (source: LineSource): typeof rows =>
  rows.filter((row) => row.sources.includes(source));
const rowsFor: Readonly<Record<LineSource, typeof rows>> = {
  firmware: rowsOf("firmware"),
  loader: rowsOf("loader"),
  kernel: rowsOf("kernel"),
  "initrd-userspace": rowsOf("initrd-userspace"),
  userspace: rowsOf("userspace"),
};
const stamp = kernelStamp.source;
const mayMoveByStart = new RegExp(`^(?:${stamp} )?(?:${oneOf(phaseStarts)})`);
const mayMoveAnywhere = new RegExp(`(?!^)${stamp}|${oneOf(phaseTexts)}`);
// Anchored, so that a line costs one look at its beginning and not one at each of its characters.
const mayTellByStart = new RegExp(
  `^(?:${stamp} )?(?:${oneOf([...rows.flatMap((row) => row.starts), ...phaseStarts])})`,
);
// A kernel record may begin in the middle of a program's line.
const mayTellAnywhere = new RegExp(
  `(?!^)${stamp}|${oneOf([...rows.flatMap((row) => row.anywhere ?? []), ...phaseTexts])}`,
);
