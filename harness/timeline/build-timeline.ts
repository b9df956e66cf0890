import type { PhaseEvent } from "../console/console-event.ts";
import { schemaVersion } from "../results/schema-version.ts";
import type { PhaseName, PhaseRecord, TimelineRecord } from "../results/timeline-record.ts";

/** Guest times in microseconds of its monotonic clock, which starts with the kernel; absent where nobody was asked. */
export interface GuestTimes {
  /** When the system manager started after the initrd. */
  readonly userspaceUs?: number;
  /** When the ready unit began to start, and when it was active. */
  readonly readyUnit?: {
    readonly name: string;
    readonly startingUs: number;
    readonly activeUs: number;
  };
}

/** Guest monotonic time + offset = host time since power-on; the true offset lies within ± error. */
export interface ClockAlignment {
  readonly offsetMs: number;
  readonly errorMs: number;
}

export interface TimelineInput {
  readonly accel: "kvm" | "tcg";
  /** Phases as the console showed them in the first boot, host times since power-on. */
  readonly consolePhases: readonly PhaseEvent[];
  readonly guest?: { readonly times: GuestTimes; readonly clock: ClockAlignment };
  /** Used when nothing inside the guest tells when it was ready. */
  readonly readyAtMs?: number;
}

interface Edge {
  readonly phase: PhaseName;
  readonly startMs: number;
  readonly witness: string;
}

/**
 * One timeline per boot: each phase begins where the one before ends. What the guest's own clock says is mapped to host
 * time; where the guest says nothing, the console's first byte of a phase serves.
 */
export const buildTimeline = (input: TimelineInput): TimelineRecord => {
  const { edges, endMs, endWitness } = edgesOf(input);
  const ordered = inOrder(edges);
  const phases: PhaseRecord[] = ordered.map((edge, index) => {
    const next = ordered[index + 1];
    return {
      name: edge.phase,
      startMs: rounded(edge.startMs),
      endMs: rounded(Math.max(edge.startMs, next?.startMs ?? endMs)),
      witness: next?.witness ?? endWitness,
    };
  });
  return {
    schemaVersion,
    phases,
    totalMs: phases.at(-1)?.endMs ?? 0,
    accel: input.accel,
    measure: "wall",
  };
};

const edgesOf = (input: TimelineInput): { edges: Edge[]; endMs: number; endWitness: string } => {
  const edges: Edge[] = [{ phase: "firmware", startMs: 0, witness: "QMP cont" }];
  const { guest } = input;
  for (const event of input.consolePhases.filter(({ boot }) => boot === 1)) {
    if (event.phase === "firmware") continue;
    edges.push({
      phase: event.phase,
      startMs: event.atMs,
      witness: `console line ${event.line} (first byte)`,
    });
  }
  let endMs = input.readyAtMs ?? edges.at(-1)?.startMs ?? 0;
  let endWitness =
    input.readyAtMs === undefined ? "last console phase" : "ready as seen from outside";
  if (guest !== undefined) {
    const bound = `± ${guest.clock.errorMs.toFixed(1)} ms`;
    const hostMs = (us: number): number => us / 1000 + guest.clock.offsetMs;
    replace(edges, {
      phase: "kernel",
      startMs: hostMs(0),
      witness: `start of the guest's clock ${bound}`,
    });
    const { userspaceUs, readyUnit } = guest.times;
    if (userspaceUs !== undefined) {
      const witness = `systemd UserspaceTimestampMonotonic ${bound}`;
      replace(edges, { phase: "userspace", startMs: hostMs(userspaceUs), witness });
    }
    if (readyUnit !== undefined) {
      const { name, startingUs, activeUs } = readyUnit;
      if (name === "containerd.service") {
        edges.push({
          phase: "containerd-ready",
          startMs: hostMs(startingUs),
          witness: `${name} InactiveExitTimestampMonotonic ${bound}`,
        });
      }
      endMs = hostMs(activeUs);
      endWitness = `${name} ActiveEnterTimestampMonotonic ${bound}`;
    }
  }
  return { edges, endMs, endWitness };
};

const replace = (edges: Edge[], edge: Edge): void => {
  const index = edges.findIndex(({ phase }) => phase === edge.phase);
  if (index === -1) edges.push(edge);
  else edges[index] = edge;
};

// A guest that lies about its clock must not make a phase of negative length.
const inOrder = (edges: readonly Edge[]): Edge[] => {
  let lastMs = 0;
  return edges
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((edge) => {
      lastMs = Math.max(lastMs, edge.startMs);
      return { ...edge, startMs: lastMs };
    });
};

const rounded = (ms: number): number => Math.max(0, Math.round(ms * 10) / 10);
