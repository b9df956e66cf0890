import type { PhaseEvent } from "../console/console-event.ts";
import { schemaVersion } from "../results/schema-version.ts";
import type { PhaseName, PhaseRecord, TimelineRecord } from "../results/timeline-record.ts";
import type { InstructionCount, InstructionCounts } from "./instruction-counts.ts";

export interface CostTimelineInput {
  readonly counts: InstructionCounts;
  /** What the guest printed, byte for byte. */
  readonly console: Buffer;
  readonly consolePhases: readonly PhaseEvent[];
  /** The unit whose activation ends the boot, where it is one. */
  readonly readyUnit: string | undefined;
  /** Power-on and the moment at which the machine was found ready, of the host's monotonic clock. */
  readonly poweredOnMs: number;
  readonly readyMs: number;
  /** Digest of all that the counts depend on besides the image. */
  readonly comparability: string;
}

interface Edge {
  readonly phase: PhaseName;
  readonly count: InstructionCount;
  readonly witness: string;
}

/**
 * A timeline whose phases are cut where the guest executed something: its first kernel instruction, the first of a program,
 * the line feed before the console line that tells of a phase, the agent's mark. So their costs do not depend on when the host
 * heard of it. `totalCost` counts the programs' instructions from the first of PID 1 to the mark.
 */
export const buildCostTimeline = (input: CostTimelineInput): TimelineRecord => {
  const { counts, comparability } = input;
  const edges = edgesOf(input);
  const end = endOf(input);
  const phases: PhaseRecord[] = edges.map((edge, index) => {
    const next = edges[index + 1];
    const until = next?.count ?? end?.count;
    return {
      name: edge.phase,
      startMs: sincePowerOn(input, edge.count.hostMs),
      endMs: sincePowerOn(input, until?.hostMs ?? input.readyMs),
      ...(until === undefined ? {} : { cost: all(until) - all(edge.count) }),
      witness: next?.witness ?? end?.witness ?? "ready as seen from outside",
    };
  });
  const { program, mark } = counts;
  return {
    schemaVersion,
    phases,
    totalMs: phases.at(-1)?.endMs ?? 0,
    ...(end === undefined || program === undefined || !counts.isExact
      ? {}
      : { totalCost: end.count.low - program.low }),
    ...(mark === undefined ? {} : { idleMs: Math.max(0, mark.guestNs - all(mark)) / 1e6 }),
    accel: "tcg",
    measure: "cost",
    comparability,
  };
};

const all = ({ low, high }: InstructionCount): number => low + high;

const sincePowerOn = ({ poweredOnMs }: CostTimelineInput, hostMs: number): number =>
  Math.max(0, Math.round((hostMs - poweredOnMs) * 10) / 10);

const edgesOf = (input: CostTimelineInput): readonly Edge[] => {
  const { counts, consolePhases } = input;
  const told = (phase: PhaseName): readonly Edge[] => {
    const event = consolePhases.find((seen) => seen.boot === 1 && seen.phase === phase);
    const count = event === undefined ? undefined : countAtLine(input, event.line);
    return count === undefined
      ? []
      : [{ phase, count, witness: `console line ${event?.line} (first byte)` }];
  };
  const executed = (
    phase: PhaseName,
    count: InstructionCount | undefined,
    what: string,
  ): readonly Edge[] => (count === undefined ? [] : [{ phase, count, witness: what }]);
  const hasInitrd = consolePhases.some(({ boot, phase }) => boot === 1 && phase === "initrd");
  const first = executed(
    hasInitrd ? "initrd" : "userspace",
    counts.program,
    "first instruction of a program",
  );
  const powerOn = { low: 0, high: 0, hostMs: input.poweredOnMs };
  const edges = [
    ...executed("firmware", powerOn, "QMP cont"),
    ...told("loader"),
    ...executed("kernel", counts.kernel, "first instruction in the kernel's half"),
    ...first,
    ...(hasInitrd ? told("userspace") : []),
    ...startOfReadyUnit(input),
  ];
  // Each executed no less than the one before; a guest that prints the words of another phase does not get it.
  return edges.filter(({ count }, index) =>
    edges.slice(0, index).every((earlier) => all(earlier.count) <= all(count)),
  );
};

/** systemd tells of a unit by its name or its description, in colours. */
const startOfReadyUnit = (input: CostTimelineInput): readonly Edge[] => {
  const { readyUnit } = input;
  if (readyUnit !== "containerd.service") return [];
  const line = lineOf(input, `Starting ${readyUnit}`);
  const count = line === undefined ? undefined : countAtLine(input, line);
  return count === undefined
    ? []
    : [{ phase: "containerd-ready", count, witness: `console line ${line} (first byte)` }];
};

const endOf = (
  input: CostTimelineInput,
): { readonly count: InstructionCount; readonly witness: string } | undefined => {
  const { counts, readyUnit } = input;
  if (counts.mark !== undefined) {
    const witness =
      readyUnit === undefined
        ? "mark of the guest agent"
        : `mark of the guest agent, which waits for ${readyUnit}`;
    return { count: counts.mark, witness };
  }
  const line = readyUnit === undefined ? undefined : lineOf(input, `Started ${readyUnit}`);
  const count = line === undefined ? undefined : countAtLine(input, line);
  return count === undefined ? undefined : { count, witness: `console line ${line} (first byte)` };
};

/** Where line `line` (1-based) begins, as far as the plugin saw the same bytes go to the console. */
const countAtLine = (
  { counts, console }: CostTimelineInput,
  line: number,
): InstructionCount | undefined => {
  const before = counts.newlines[line - 2];
  // What the console shows and what was counted must be the same stream.
  return before !== undefined && console[before.bytes - 1] === 0x0a ? before : undefined;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the console's colours begin with an escape.
const colours = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Number of the first console line whose text has `words` in it, without its colours. */
const lineOf = ({ console }: CostTimelineInput, words: string): number | undefined => {
  const lines = console.toString("latin1").split("\n");
  const index = lines.findIndex((line) => line.replaceAll(colours, "").includes(words));
  return index === -1 ? undefined : index + 1;
};
