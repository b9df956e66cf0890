// Every legal state that a power cut can leave on a recorded disk, judged: the engine's front.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Backing } from "../../qemu/machine-spec.ts";
import { QemuImg } from "../../qemu/qemu-img.ts";
import { resolveToolchain } from "../../qemu/toolchain.ts";
import { tempDir } from "../core/tmp.ts";
import { type CrashStates, crashStatesOf, type Phase } from "./crash-states.ts";
import { viewsOf } from "./disk-view.ts";
import { type Judged, judgeStates } from "./judge.ts";
import { isMarkEntry } from "./marks.ts";
import type { Oracle } from "./oracle.ts";
import { readLayout, splitDisk } from "./split-disk.ts";
import { workingDirectory } from "./working-directory.ts";
import { openWorkingDisk } from "./working-disk.ts";
import { type LogEnd, openWriteLog } from "./write-log.ts";

export type PowerCutLevel = "quick" | "standard" | "full";

export interface PowerCutOptions {
  /** Path of the log that blklogwrites wrote. */
  readonly log: string;
  /** The disk as it was when the machine was powered on, with the chain below it. */
  readonly base: Backing;
  /** Where its partitions are says the table of this disk: a base that is a crash state itself may have half of one. Default `base`. */
  readonly layout?: Backing;
  readonly oracle: Oracle;
  readonly level: PowerCutLevel;
  /** Default 1. */
  readonly seed?: number;
  /** Where the guest wrote its marks; default `markOffsetOf(base)`. */
  readonly markOffset?: number;
  /** Of what was written before the first mark; `acknowledged` for the boot after an update. Default `before`. */
  readonly startPhase?: Phase;
  /** What the disk writes whole or not at all, where it is aligned. Default 512. */
  readonly atomicBytes?: number;
  readonly onState?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

export interface PowerCuts extends Judged {
  /** That there are, of which as many were judged as the level wants. */
  readonly legalStates: number;
  readonly marks: CrashStates["marks"];
  readonly log: { readonly entries: number; readonly flushes: number; readonly end: LogEnd };
}

/** How many states are judged, and of their representatives booted, and cut once more while they recover. */
export const powerCutLevels: Readonly<
  Record<
    PowerCutLevel,
    { readonly states: number; readonly boots: number; readonly recoveries: number }
  >
> = {
  quick: { states: 200, boots: 3, recoveries: 0 },
  standard: { states: 2000, boots: 10, recoveries: 2 },
  full: { states: Number.POSITIVE_INFINITY, boots: 50, recoveries: 6 },
};

/** @throws {ImageError} IMAGE_UNUSABLE when the log or the partition table of the base cannot be read. */
export const judgePowerCuts = async (options: PowerCutOptions): Promise<PowerCuts> => {
  using log = openWriteLog(options.log);
  await using work = await workingDirectory(options.base);
  const layout = await readLayout(options.layout ?? options.base, work.path);
  const { partitions, sizeBytes } = layout;
  const markOffset = options.markOffset ?? layout.markOffset;
  using working = openWorkingDisk({
    segments: await splitDisk(options.base, layout, work.path),
    originPath: join(work.path, "origin.raw"),
    log,
    isLeftOut: (entry) => isMarkEntry(entry, markOffset),
    ranges: [{ startByte: 0, sizeBytes }, ...partitions],
  });
  const { atomicBytes = 512, seed = 1, startPhase = "before" } = options;
  const states = crashStatesOf(log, { markOffset, seed, startPhase, atomicBytes });
  const legalStates = states.count();
  const wanted = powerCutLevels[options.level].states;
  const chosen = legalStates <= wanted ? states.all() : states.sample(wanted);
  const { oracle, onState, signal } = options;
  const judged = await judgeStates(chosen, working, viewsOf(working, partitions, work.path), {
    oracle,
    ...(signal === undefined ? {} : { signal }),
    onState: (done) => onState?.(done, Math.min(legalStates, wanted)),
  });
  const flushes = log.entries.filter(({ isFlush }) => isFlush).length;
  return {
    ...judged,
    legalStates,
    marks: states.marks,
    log: { entries: log.entries.length, flushes, end: log.end },
  };
};

/**
 * Makes the disk of one state, by its name, as a raw file.
 * @throws {UsageError} when the log has no such state.
 */
export const rebuildState = async (
  base: Backing,
  logPath: string,
  name: string,
  outPath: string,
  options: Pick<PowerCutOptions, "markOffset"> = {},
): Promise<void> => {
  using log = openWriteLog(logPath);
  await using work = await workingDirectory(base);
  const markOffset = options.markOffset ?? (await readLayout(base, work.path)).markOffset;
  await new QemuImg((await resolveToolchain()).qemuImg).convertToRaw(base, outPath);
  using working = openWorkingDisk({
    segments: [{ path: outPath, startByte: 0, sizeBytes: statSync(outPath).size }],
    originPath: join(work.path, "origin.raw"),
    log,
    isLeftOut: (entry) => isMarkEntry(entry, markOffset),
    ranges: [],
  });
  working.moveTo(crashStatesOf(log, { markOffset }).named(name));
};

/** Where the guest of that disk is to write its marks. */
export const markOffsetOf = async (base: Backing): Promise<number> => {
  await using work = await tempDir("layout");
  return (await readLayout(base, work.path)).markOffset;
};
