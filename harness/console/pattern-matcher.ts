import type { ClassifiedLine, LineSource } from "./classify.ts";
import { kernelStamp, stampedMessageStart } from "./kernel-stamp.ts";
import { type PatternId, patternIds, patterns } from "./patterns.ts";
import { phaseStarts, phaseTexts } from "./phase-markers.ts";
import { createStartTable, oneOf } from "./start-table.ts";

/** Names the failure that a line proves, if any: the first fitting row of the table. */
export const matchingPattern = ({ source, message }: ClassifiedLine): PatternId | undefined => {
  const code = message === "" ? firstCodes : message.charCodeAt(0);
  const { byFirstCode, withFreeStart } = rowsFor[source];
  for (const row of (code < firstCodes ? byFirstCode[code] : undefined) ?? withFreeStart) {
    if (row.regex.test(message)) return row.id;
  }
  return undefined;
};

/**
 * False for lines that cannot move a boot whose kernel runs to another phase.
 * @param messageStart as `stampedMessageStart` tells it.
 */
export const mayMove = (text: string, messageStart: number): boolean =>
  moveStarts(text, messageStart) || mayMoveAnywhere.test(text);

/**
 * False for lines that neither fit a row of the table nor move the boot to another phase: quick, for the many.
 * @param messageStart as `stampedMessageStart` tells it.
 */
export const mayTell = (text: string, messageStart: number = stampedMessageStart(text)): boolean =>
  tellStarts(text, messageStart) || mayTellAnywhere.test(text);

interface Row {
  readonly id: PatternId;
  readonly regex: RegExp;
}
interface Rows {
  /** Those that a message with this first character can fit. */
  readonly byFirstCode: readonly (readonly Row[])[];
  readonly withFreeStart: readonly Row[];
}

/** All starts are ASCII. */
const firstCodes = 128;
const rows = patternIds.map((id) => ({ id, ...patterns[id] }));
const rowsOf = (source: LineSource): Rows => {
  const own = rows.filter(({ sources }) => sources.includes(source));
  const hasFreeStart = ({ starts, anywhere }: (typeof rows)[number]): boolean =>
    starts.length === 0 || anywhere !== undefined;
  return {
    byFirstCode: Array.from({ length: firstCodes }, (_, code) =>
      own.filter(
        (row) => hasFreeStart(row) || row.starts.some((start) => start.charCodeAt(0) === code),
      ),
    ),
    withFreeStart: own.filter(hasFreeStart),
  };
};
const rowsFor: Readonly<Record<LineSource, Rows>> = {
  firmware: rowsOf("firmware"),
  loader: rowsOf("loader"),
  kernel: rowsOf("kernel"),
  "initrd-userspace": rowsOf("initrd-userspace"),
  userspace: rowsOf("userspace"),
};

const moveStarts = createStartTable(phaseStarts);
const tellStarts = createStartTable([...rows.flatMap((row) => row.starts), ...phaseStarts]);
// A kernel record may begin in the middle of a program's line.
const midLineStamp = `(?!^)${kernelStamp.source}`;
const mayMoveAnywhere = new RegExp(`${midLineStamp}|${oneOf(phaseTexts)}`);
const mayTellAnywhere = new RegExp(
  `${midLineStamp}|${oneOf([...rows.flatMap((row) => row.anywhere ?? []), ...phaseTexts])}`,
);
