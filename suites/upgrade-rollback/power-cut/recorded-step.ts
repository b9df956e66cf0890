// One step of an update, with every write that reached the system's disk: those of the updater, and around them those of
// firmware, loader and the node's own start and end. Where the step began and when it was acknowledged the guest writes
// into the same log.
import {
  type AgentClient,
  agentOf,
  type BootedMachine,
  type DiskContents,
  type MachineVariant,
  markOffsetOf,
  type RecordedWrites,
  recordedDisk,
  type TrialTools,
  writeMark,
} from "../../../harness/index.ts";

export const systemSerial = "system";
/** Beyond any disk: the guest writes marks to that of the system alone. */
const noMarks = Number.MAX_SAFE_INTEGER;

export interface RecordedStep {
  readonly writes: RecordedWrites;
  /** Those of other disks, by serial. */
  readonly otherWrites: ReadonlyMap<string, RecordedWrites>;
  /** What all disks hold after it. */
  readonly contents: DiskContents;
}

export interface StepPlan {
  readonly tools: TrialTools;
  readonly configuration: string;
  readonly variant: MachineVariant;
  /** Whether the act is an update, which begins and is acknowledged at times that the log tells. Default true. */
  readonly hasMarks?: boolean;
  /** Serials of other disks whose writes are recorded. Default none. */
  readonly alsoRecorded?: readonly string[];
  /** What is done before the update begins. */
  readonly prepare?: (agent: AgentClient) => Promise<unknown>;
  /** What is asked of the updater; when it returns, the step counts as acknowledged. */
  readonly act: (agent: AgentClient, machine: BootedMachine) => Promise<unknown>;
}

/** Boots a machine, does the act between the marks BEGIN and ACK, and powers the machine off. */
export const recordStep = async (plan: StepPlan): Promise<RecordedStep> => {
  const { tools, configuration, variant, act, hasMarks = true, alsoRecorded = [] } = plan;
  const machine = await tools.boot(configuration, {
    ...variant,
    isSystemWritable: true,
    recordWrites: [systemSerial, ...alsoRecorded],
  });
  const agent = agentOf(machine);
  const disk = recordedDisk(machine, systemSerial);
  const markOffset = await markOffsetOf(disk.base);
  const place = { serial: systemSerial, offsetBytes: markOffset };
  await plan.prepare?.(agent);
  if (hasMarks) await writeMark(agent, place, "BEGIN");
  await act(agent, machine);
  if (hasMarks) await writeMark(agent, place, "ACK");
  const otherWrites = new Map(
    alsoRecorded.map((serial) => [
      serial,
      { ...recordedDisk(machine, serial), markOffset: noMarks },
    ]),
  );
  const contents = await tools.powerOff(machine);
  return { writes: { ...disk, markOffset }, otherWrites, contents };
};
