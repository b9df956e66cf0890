// What systemd-boot makes of /loader/entries: the Boot Loader Specification, "Type #1", and the order of systemd-boot's own
// source (257, src/boot/boot.c, boot_entry_compare).
import { compareVersions } from "./compare-versions.ts";

/** An entry as its file states it. */
export interface BootEntry {
  /** Its file's name without counters, as in `os_2.conf`. */
  readonly id: string;
  /** undefined: it is not counted. */
  readonly triesLeft: number | undefined;
  readonly triesDone: number | undefined;
  readonly sortKey: string | undefined;
  readonly machineId: string | undefined;
  readonly version: string | undefined;
  readonly linux: string | undefined;
  readonly initrd: readonly string[];
  readonly options: string;
}

const maxLines = 1000;
const counted = /^(.*?)\+(\d{1,9})(?:-(\d{1,9}))?\.conf$/s;

/** An entry of any content; one without `linux` is none to the loader. */
export const parseBootEntry = (fileName: string, text: string): BootEntry => {
  const [, name, left, done] = counted.exec(fileName) ?? [];
  const values = new Map<string, string[]>();
  for (const line of text.split("\n").slice(0, maxLines)) {
    const [, key, value] = /^\s*([^#\s]\S*)\s+(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined)
      values.set(key, [...(values.get(key) ?? []), value]);
  }
  const last = (key: string): string | undefined => values.get(key)?.at(-1);
  return {
    id: name === undefined ? fileName : `${name}.conf`,
    triesLeft: left === undefined ? undefined : Number(left),
    triesDone: left === undefined ? undefined : Number(done ?? 0),
    sortKey: last("sort-key"),
    machineId: last("machine-id"),
    version: last("version"),
    linux: last("linux"),
    initrd: values.get("initrd") ?? [],
    options: (values.get("options") ?? []).join(" "),
  };
};

/** Which of two the loader would rather start: negative for the first. */
export const compareBootEntries = (a: BootEntry, b: BootEntry): number =>
  first(
    () => Number(a.triesLeft === 0) - Number(b.triesLeft === 0),
    () => Number(a.sortKey === undefined) - Number(b.sortKey === undefined),
    ...(a.sortKey === undefined || b.sortKey === undefined
      ? []
      : [
          () => compareText(a.sortKey, b.sortKey),
          () => compareText(a.machineId, b.machineId),
          () => -compareVersions(a.version ?? "", b.version ?? ""),
        ]),
    () => -compareVersions(a.id, b.id),
    // Not counted is as if there were endless tries.
    () => -((a.triesLeft ?? -1) - (b.triesLeft ?? -1)),
    () => (a.triesDone ?? -1) - (b.triesDone ?? -1),
  );

const first = (...comparisons: readonly (() => number)[]): number => {
  for (const compare of comparisons) {
    const result = compare();
    if (result !== 0) return result;
  }
  return 0;
};

const compareText = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0;
  return (a ?? "") < (b ?? "") ? -1 : 1;
};
