// Where an update begins, is acknowledged and ends is written into the log itself: a 4 KiB block outside every partition,
// which the guest's agent writes with O_DIRECT and no flush. So it stands in the order of the other writes, makes nothing
// durable, and needs no clock of the host.
import type { PartitionTable } from "../../images/partition-table.ts";
import { MiB } from "../core/units.ts";
import type { LogEntry, WriteLog } from "./write-log.ts";

const markBlockBytes = 4096;

/** BEGIN: nothing was asked for before. ACK: the update says that it is done. END: what comes later is not judged. */
export type MarkName = "BEGIN" | "ACK" | "END";

export interface Mark {
  readonly name: MarkName;
  /** Of the update step, from 0. */
  readonly step: number;
  /** Of the entry. */
  readonly index: number;
}

const text = /^OSMARK:(\d{1,4}):(BEGIN|ACK|END)$/;

export const markText = (step: number, name: MarkName): string => `OSMARK:${step}:${name}`;

/** The marks among the entries, at that offset of the disk and nowhere else. */
export const readMarks = (log: WriteLog, offsetBytes: number): readonly Mark[] =>
  log.entries.flatMap((entry) => {
    if (!isMarkEntry(entry, offsetBytes)) return [];
    const found =
      entry.kind === "mark"
        ? entry.text
        : entry.kind === "write"
          ? log.read(entry, 0, 64).toString("latin1").replace(/\0.*$/s, "")
          : "";
    const [, step, name] = text.exec(found) ?? [];
    return name === "BEGIN" || name === "ACK" || name === "END"
      ? [{ name, step: Number(step), index: entry.index }]
      : [];
  });

/** Whether an entry changes only the place of the marks, and so nothing that anybody reads. */
export const isMarkEntry = (entry: LogEntry, offsetBytes: number): boolean =>
  entry.kind === "mark" ||
  (entry.kind === "write" && entry.startByte === offsetBytes && entry.sizeBytes === markBlockBytes);

/**
 * A 4 KiB block that no partition, no partition table and no boot code uses: the end of the largest gap.
 * undefined: there is none.
 */
export const findMarkOffset = (table: PartitionTable, diskBytes: number): number | undefined => {
  if (table.scheme === "none") return undefined;
  // GPT: 34 sectors at the front and 33 at the end (UEFI 2.10 §5.3.1). MBR boot code lies in the gap before partition 1.
  const first = table.scheme === "gpt" ? 34 * table.sectorBytes : MiB;
  const last = table.scheme === "gpt" ? diskBytes - 33 * table.sectorBytes : diskBytes;
  const used = table.partitions
    .map(({ startByte, sizeBytes }) => ({ start: startByte, end: startByte + sizeBytes }))
    .toSorted((a, b) => a.start - b.start);
  let best: { readonly room: number; readonly offset: number } | undefined;
  let from = first;
  for (const { start, end } of [...used, { start: last, end: last }]) {
    const offset = Math.floor(start / markBlockBytes) * markBlockBytes - markBlockBytes;
    const room = offset - from;
    if (room >= 0 && room > (best?.room ?? -1)) best = { room, offset };
    from = Math.max(from, end);
  }
  return best?.offset;
};
