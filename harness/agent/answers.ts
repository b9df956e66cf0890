// What the agent answers, and the schemas that a guest's answer has to pass before anybody believes it.
import { z } from "zod";
import type { LinkCounters } from "../protocol/counters.ts";
import { type ClockSample, clockSampleSchema } from "./session-info.ts";

export interface ExecAnswer {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly isTruncated: boolean;
  readonly elapsedMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly maxRssKiB: number;
}

export const execAnswerSchema: z.ZodType<ExecAnswer> = z.object({
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  isTruncated: z.boolean(),
  elapsedMs: z.number(),
  userMs: z.number(),
  systemMs: z.number(),
  maxRssKiB: z.number(),
});

const fileTypes = [
  "file",
  "directory",
  "symlink",
  "fifo",
  "socket",
  "block-device",
  "character-device",
  "unknown",
] as const;

export interface FileEntry {
  readonly path: string;
  readonly type: (typeof fileTypes)[number];
  /** The permission bits with set-id and sticky: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly linkTarget?: string | undefined;
}

export const fileEntrySchema: z.ZodType<FileEntry> = z.object({
  path: z.string(),
  type: z.enum(fileTypes),
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  size: z.number(),
  mtimeMs: z.number(),
  linkTarget: z.string().optional(),
});

export interface WalkAnswer {
  readonly entries: number;
  readonly isTruncated: boolean;
  /** Entries that could not be looked at. */
  readonly unreadable: number;
}

export const walkAnswerSchema: z.ZodType<WalkAnswer> = z.object({
  entries: z.number(),
  isTruncated: z.boolean(),
  unreadable: z.number(),
});

export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** major:minor */
  readonly device: string;
  readonly root: string;
  readonly path: string;
  /** Of this mount: `ro` here over a writable superblock can be undone by a remount. */
  readonly options: readonly string[];
  readonly propagation: readonly string[];
  readonly filesystem: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

const strings = z.array(z.string());

export const mountsSchema: z.ZodType<readonly Mount[]> = z.array(
  z.object({
    id: z.number(),
    parent: z.number(),
    device: z.string(),
    root: z.string(),
    path: z.string(),
    options: strings,
    propagation: strings,
    filesystem: z.string(),
    source: z.string(),
    superOptions: strings,
  }),
);

/** A systemd unit. Times are microseconds of the guest's CLOCK_MONOTONIC; 0 means never. */
export interface UnitState {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
  readonly result: string;
  readonly hasJob: boolean;
  readonly isConditionMet: boolean;
  readonly inactiveExitUs: number;
  readonly activeEnterUs: number;
  readonly stateChangeUs: number;
  readonly conditionUs: number;
  readonly execMainStatus: number;
  readonly restarts: number;
  readonly unitFileState: string;
}

export const unitStateSchema: z.ZodType<UnitState> = z.object({
  name: z.string(),
  loadState: z.string(),
  activeState: z.string(),
  subState: z.string(),
  result: z.string(),
  hasJob: z.boolean(),
  isConditionMet: z.boolean(),
  inactiveExitUs: z.number(),
  activeEnterUs: z.number(),
  stateChangeUs: z.number(),
  conditionUs: z.number(),
  execMainStatus: z.number(),
  restarts: z.number(),
  unitFileState: z.string(),
});

export const unitStatesSchema: z.ZodType<readonly UnitState[]> = z.array(unitStateSchema);

/** A loaded unit, as a listing shows it. */
export interface UnitSummary {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
}

export const unitSummariesSchema: z.ZodType<readonly UnitSummary[]> = z.array(
  z.object({
    name: z.string(),
    loadState: z.string(),
    activeState: z.string(),
    subState: z.string(),
  }),
);

export interface UnitWait {
  readonly isActive: boolean;
  /** `active`, or why it will not become so by itself. */
  readonly reason: string;
  readonly unit: UnitState;
}

export const unitWaitSchema: z.ZodType<UnitWait> = z.object({
  isActive: z.boolean(),
  reason: z.string(),
  unit: unitStateSchema,
});

/** How a service is run. */
export interface ServiceFacts {
  /** 0 when it is not running. */
  readonly mainPid: number;
  /** The commands of ExecStart, as in the unit: variables of its environment are not put in. */
  readonly execStart: readonly (readonly string[])[];
  /** Of the guest's CLOCK_MONOTONIC; 0 means never. */
  readonly execMainStartUs: number;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  readonly controlGroup: string;
}

export const serviceFactsSchema: z.ZodType<ServiceFacts> = z.object({
  mainPid: z.number(),
  execStart: z.array(strings),
  execMainStartUs: z.number(),
  fragmentPath: z.string(),
  dropInPaths: strings,
  controlGroup: z.string(),
});

export const jobResultSchema: z.ZodType<{ result: string }> = z.object({ result: z.string() });

/** systemd's own stamps, microseconds of CLOCK_MONOTONIC; firmware and loader count back from the kernel's start. */
export interface ManagerStamps {
  readonly firmwareUs: number;
  readonly loaderUs: number;
  readonly kernelUs: number;
  readonly initrdUs: number;
  readonly userspaceUs: number;
  /** 0 while jobs of the boot are queued. */
  readonly finishUs: number;
  readonly systemState: string;
  readonly systemdVersion: string;
}

export interface BootTimeline {
  /** null in a guest without systemd. */
  readonly manager: ManagerStamps | null;
  readonly units: Readonly<Record<string, UnitState>>;
  /** The text of /proc/uptime: seconds up, seconds idle. */
  readonly uptime: string;
  readonly clock: ClockSample;
}

export const bootTimelineSchema: z.ZodType<BootTimeline> = z.object({
  manager: z
    .object({
      firmwareUs: z.number(),
      loaderUs: z.number(),
      kernelUs: z.number(),
      initrdUs: z.number(),
      userspaceUs: z.number(),
      finishUs: z.number(),
      systemState: z.string(),
      systemdVersion: z.string(),
    })
    .nullable(),
  units: z.record(z.string(), unitStateSchema),
  uptime: z.string(),
  clock: clockSampleSchema,
});

export const countersSchema: z.ZodType<LinkCounters> = z.object({
  framesSent: z.number(),
  framesReceived: z.number(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
  damaged: z.number(),
  resent: z.number(),
  duplicates: z.number(),
  foreignSession: z.number(),
  consoleCuts: z.number(),
});

export const bytesSchema: z.ZodType<{ bytes: number }> = z.object({ bytes: z.number() });

export const hashSchema: z.ZodType<{ sha256: string; bytes: number }> = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number(),
});

export const valueSchema: z.ZodType<{ value: string }> = z.object({ value: z.string() });
