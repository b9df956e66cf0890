// A raw disk that takes the shape of one crash state after the other, in place. From state to state only the sectors
// are written that differ. Nothing needs to be remembered for going back but what the disk held first: everything else is
// in the log. That first content is kept in a sparse file, at its own place.
import { writeFileSync } from "node:fs";
import { InternalError } from "../core/errors.ts";
import { type ChangedBlocks, changedBlocks } from "./changed-blocks.ts";
import type { CrashState, Reach } from "./crash-state.ts";
import { openSegments, type Segment, type SegmentedFile } from "./segmented-file.ts";
import type { DiscardEntry, LogEntry, Range, WriteEntry, WriteLog } from "./write-log.ts";

export interface WorkingDisk extends Disposable {
  readonly sizeBytes: number;
  /** Makes the disk that state. States must come in the order of their windows. */
  moveTo(state: CrashState): void;
  read(offset: number, length: number): Buffer;
  /** The file that is all of that partition. */
  fileOf(range: Range): string;
  /** Of the state: names the content of a range, by what differs from the first content there. */
  contentKey(range: Range): string;
  /** Of the state: names the content of one 4 KiB block; undefined: it is what it was first. */
  blockVersion(block: number): bigint | undefined;
}

export interface WorkingDiskOptions {
  /** Raw files that together are the disk as it was when recording began; they are changed. */
  readonly segments: readonly Segment[];
  /** Where the first content of what is overwritten is kept; made anew. */
  readonly originPath: string;
  readonly log: WriteLog;
  /** Entries that change nothing which anybody reads: the marks. */
  readonly isLeftOut: (entry: LogEntry) => boolean;
  /** Ranges whose content is to be named. */
  readonly ranges: readonly Range[];
}

const sectorBytes = 512;
const maxRunBytes = 4 * 1024 * 1024;

export const openWorkingDisk = (options: WorkingDiskOptions): WorkingDisk => new Disk(options);

/** Index of the entry whose bytes a sector has. */
type Source = number;
/** The sector has what it had before the recording. */
const origin: Source = -1;

interface Change {
  readonly sector: number;
  readonly source: Source;
}

class Disk implements WorkingDisk {
  readonly sizeBytes: number;
  readonly #segments: readonly Segment[];
  readonly #log: WriteLog;
  readonly #isLeftOut: (entry: LogEntry) => boolean;
  readonly #file: SegmentedFile;
  readonly #origin: SegmentedFile;
  readonly #blocks: ChangedBlocks;
  /** Of sectors that durable writes have changed. */
  readonly #durable = new Map<number, Source>();
  /** Entries of the window that cover a sector, in order. */
  #writers = new Map<number, number[]>();
  /** What the file has in the sectors that the window covers. */
  #current = new Map<number, Source>();
  #state: CrashState = { name: "", entry: -1, windowStart: 0, others: 0, exceptions: new Map() };
  /** Entries before it are in `#writers`. */
  #known = 0;

  constructor(options: WorkingDiskOptions) {
    this.#segments = options.segments;
    this.#file = openSegments(options.segments);
    this.sizeBytes = this.#file.sizeBytes;
    this.#log = options.log;
    this.#isLeftOut = options.isLeftOut;
    writeFileSync(options.originPath, "");
    this.#origin = openSegments([
      { path: options.originPath, startByte: 0, sizeBytes: this.sizeBytes },
    ]);
    this.#blocks = changedBlocks(options.ranges, (offset, length) => this.read(offset, length));
  }

  moveTo(state: CrashState): void {
    if (state.windowStart < this.#state.windowStart) {
      throw new InternalError(`State ${state.name} comes after one of a later window`);
    }
    if (state.windowStart > this.#state.windowStart) this.#makeDurable(state.windowStart);
    this.#learn(state.entry);
    const changes = new Map<number, Source>();
    for (const index of this.#differing(state)) {
      for (const sector of this.#sectorsOf(index)) {
        const source = this.#sourceIn(state, sector);
        if (source !== this.#sourceNow(sector)) changes.set(sector, source);
      }
    }
    this.#apply([...changes].map(([sector, source]) => ({ sector, source })));
    this.#state = state;
  }

  read(offset: number, length: number): Buffer {
    return this.#file.read(offset, length);
  }

  fileOf({ startByte, sizeBytes }: Range): string {
    const found = this.#segments.find(
      (one) => one.startByte === startByte && one.sizeBytes === sizeBytes,
    );
    if (found === undefined) throw new InternalError(`Bytes from ${startByte} on have no file`);
    return found.path;
  }

  contentKey(range: Range): string {
    return this.#blocks.keyOf(range);
  }

  blockVersion(block: number): bigint | undefined {
    return this.#blocks.versionOf(block);
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
    this.#origin[Symbol.dispose]();
  }

  /** Everything before `windowStart` is on the file, and stays. */
  #makeDurable(windowStart: number): void {
    const before = windowStart - 1;
    this.moveTo({
      ...{ name: `${before}.prefix.whole`, entry: before, windowStart: this.#state.windowStart },
      ...{ others: Number.POSITIVE_INFINITY, exceptions: new Map() },
    });
    for (const [sector, source] of this.#current) this.#durable.set(sector, source);
    this.#writers = new Map();
    this.#current = new Map();
    this.#known = windowStart;
    this.#state = { ...this.#state, windowStart };
  }

  #learn(entry: number): void {
    for (; this.#known <= entry; this.#known += 1) {
      for (const sector of this.#sectorsOf(this.#known)) {
        const writers = this.#writers.get(sector);
        if (writers === undefined) this.#writers.set(sector, [this.#known]);
        else writers.push(this.#known);
      }
    }
  }

  /** Entries of the window of which the two states have different parts. */
  #differing(next: CrashState): Iterable<number> {
    const found = new Set<number>();
    const last = Math.max(next.entry, this.#state.entry);
    const common = Math.min(next.entry, this.#state.entry);
    const from = next.others === this.#state.others ? common + 1 : next.windowStart;
    for (let index = Math.max(from, next.windowStart); index <= last; index += 1) found.add(index);
    for (const index of next.exceptions.keys()) found.add(index);
    for (const index of this.#state.exceptions.keys()) found.add(index);
    return [...found].filter(
      (index) => this.#reachIn(next, index) !== this.#reachIn(this.#state, index),
    );
  }

  #changeAt(index: number): WriteEntry | DiscardEntry | undefined {
    const entry = this.#log.entries[index];
    if (entry === undefined || entry.kind === "flush" || entry.kind === "mark") return undefined;
    return this.#isLeftOut(entry) ? undefined : entry;
  }

  #reachIn({ entry, others, exceptions }: CrashState, index: number): Reach {
    const change = this.#changeAt(index);
    if (index > entry || change === undefined) return 0;
    const reach = exceptions.get(index);
    if (reach !== undefined) return reach;
    const isDurable = change.kind === "write" && change.isDurable;
    return isDurable ? Number.POSITIVE_INFINITY : others;
  }

  *#sectorsOf(index: number): Generator<number> {
    const change = this.#changeAt(index);
    if (change === undefined) return;
    const first = change.startByte / sectorBytes;
    const end = Math.min(change.startByte + change.sizeBytes, this.sizeBytes) / sectorBytes;
    for (let sector = first; sector < end; sector += 1) yield sector;
  }

  #sourceIn(state: CrashState, sector: number): Source {
    const writers = this.#writers.get(sector) ?? [];
    for (let at = writers.length - 1; at >= 0; at -= 1) {
      const index = writers[at] ?? 0;
      const start = (this.#changeAt(index)?.startByte ?? 0) / sectorBytes;
      if (sector - start < this.#reachIn(state, index)) return index;
    }
    return this.#durable.get(sector) ?? origin;
  }

  #sourceNow(sector: number): Source {
    return this.#current.get(sector) ?? this.#durable.get(sector) ?? origin;
  }

  #apply(changes: readonly Change[]): void {
    const sorted = changes.toSorted((a, b) => a.sector - b.sector);
    const offsets = sorted.map(({ sector }) => sector * sectorBytes);
    this.#blocks.beforeChange(offsets);
    for (const run of runsOf(sorted)) this.#keepOrigin(run);
    for (const run of runsOf(sorted)) {
      this.#file.write(this.#bytesOf(run), run.sector * sectorBytes);
    }
    for (const { sector, source } of sorted) this.#current.set(sector, source);
    this.#blocks.afterChange(offsets);
  }

  /** The first time that a sector changes, what it had is kept. */
  #keepOrigin({ sector, sectors }: Run): void {
    const isKept = (one: number): boolean => this.#durable.has(one) || this.#current.has(one);
    const untouched = Array.from({ length: sectors }, (_, at) => sector + at).filter(
      (one) => !isKept(one),
    );
    for (const run of runsOf(untouched.map((one) => ({ sector: one, source: origin })))) {
      const bytes = this.#file.read(run.sector * sectorBytes, run.sectors * sectorBytes);
      this.#origin.write(bytes, run.sector * sectorBytes);
    }
  }

  #bytesOf({ sector, sectors, source }: Run): Buffer {
    const length = sectors * sectorBytes;
    if (source === origin) return this.#origin.read(sector * sectorBytes, length);
    const entry = this.#log.entries[source];
    if (entry?.kind !== "write") return Buffer.alloc(length); // A discard: QEMU's disks read zeroes there.
    return this.#log.read(entry, sector * sectorBytes - entry.startByte, length);
  }
}

interface Run extends Change {
  readonly sectors: number;
}

/** Neighbours with the same source, in pieces that fit in memory. */
const runsOf = (sorted: readonly Change[]): readonly Run[] => {
  const runs: { sector: number; source: Source; sectors: number }[] = [];
  for (const { sector, source } of sorted) {
    const last = runs.at(-1);
    const continues =
      last !== undefined &&
      last.source === source &&
      last.sector + last.sectors === sector &&
      last.sectors * sectorBytes < maxRunBytes;
    if (continues) last.sectors += 1;
    else runs.push({ sector, source, sectors: 1 });
  }
  return runs;
};
