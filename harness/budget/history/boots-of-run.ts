import type { BootRecord, RunRecord } from "../../results/run-record.ts";
import type { PhaseRecord, TimelineRecord } from "../../results/timeline-record.ts";
import type { HistoryBoot, HistoryPhase, HostNoise } from "./history-boot.ts";
import { runIdOf } from "./run-id.ts";

/** Optional fields that a timeline may carry besides those that it has today. */
type MeasuredTimeline = TimelineRecord & {
  readonly comparability?: string;
  readonly idleMs?: number;
  readonly noise?: HostNoise;
};

/** The rows that a run adds to the history, in the order of its boots. */
export const bootsOfRun = (run: RunRecord): readonly HistoryBoot[] => {
  const { host, image } = run;
  const ofRun = {
    runId: runIdOf(run),
    runStatus: run.status,
    startedAt: run.startedAt,
    image: image.name,
    imageSha256: image.sha256Before,
    profile: run.profile,
    qemuVersion: host.qemuVersion,
    cpuModel: host.cpuModel,
    cores: host.cores,
    hostKernel: host.kernel,
    memoryMiB: host.memoryMiB,
    ...present("stealMs", host.stealMs),
  };
  return run.boots.map((boot) => ({ ...ofRun, ...bootFacts(boot, host.accel) }));
};

type BootFacts = Pick<HistoryBoot, "bootId" | "configuration" | "accel" | "state" | "phases"> &
  Partial<HistoryBoot>;

const bootFacts = (
  { id, configuration, state, machine, timeline }: BootRecord,
  accel: "kvm" | "tcg",
): BootFacts => ({
  bootId: id,
  configuration,
  accel,
  state,
  phases: [],
  ...(machine === undefined
    ? {}
    : { firmware: machine.given.boot, secureBoot: machine.given.secureBoot }),
  ...(timeline === undefined ? {} : timelineFacts(timeline)),
});

const timelineFacts = (timeline: MeasuredTimeline) => ({
  accel: timeline.accel,
  measure: timeline.measure,
  totalMs: timeline.totalMs,
  ...present("totalCost", timeline.totalCost),
  ...present("idleMs", timeline.idleMs),
  ...present("comparability", timeline.comparability),
  ...timeline.noise,
  phases: timeline.phases.map(phaseFacts),
});

const phaseFacts = ({ name, startMs, endMs, cost, bytesRead }: PhaseRecord): HistoryPhase => ({
  name,
  startMs,
  endMs,
  ...present("cost", cost),
  ...present("bytesRead", bytesRead),
});

const present = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
