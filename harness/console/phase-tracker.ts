import { type ClassifiedLine, classifyLine, recordTimeS } from "./classify.ts";
import { type ConsolePhase, isAtLeast } from "./console-phase.ts";
import type { ConsoleLine } from "./line-splitter.ts";
import * as marker from "./phase-markers.ts";

/** What a line tells about the course of the boot. */
export type Transition =
  | {
      readonly kind: "phase";
      readonly phase: ConsolePhase;
      readonly teller: ConsoleLine;
      readonly kernelTimeS: number | undefined;
    }
  | {
      readonly kind: "reboot";
      readonly banner: "firmware" | "loader" | "kernel";
      readonly teller: ConsoleLine;
    };

export interface PhaseTracker {
  /** Undefined until the first line. */
  readonly phase: ConsolePhase | undefined;
  /** @param classified by the present phase. */
  see(line: ConsoleLine, classified: ClassifiedLine): readonly Transition[];
}

interface BootState {
  phase: ConsolePhase | undefined;
  sawKernelBanner: boolean;
  sawSeabios: boolean;
  sawSystemd: boolean;
  /** systemd's first line, until the next ones tell whether it runs in the initrd. */
  undecided: { readonly teller: ConsoleLine; readonly kernelTimeS: number | undefined } | undefined;
}

/**
 * Follows one console through its boots. Phases are told by the text alone, so what `quiet` hides is skipped: such a
 * boot goes from kernel to userspace at the first line that a program prints.
 */
export const createPhaseTracker = (): PhaseTracker => {
  let state = newBoot();
  return {
    get phase() {
      return state.phase;
    },
    see: (line, seen) => {
      const transitions: Transition[] = [];
      const banner = rebootBanner(state, seen);
      if (banner !== undefined) {
        state = newBoot();
        transitions.push({ kind: "reboot", banner, teller: line });
      }
      const classified = banner === undefined ? seen : classifyLine(line.text, "firmware");
      const { message } = classified;
      if (marker.kernelBanner.test(message)) state.sawKernelBanner = true;
      if (marker.seabiosBanner.test(message)) state.sawSeabios = true;
      const here = { teller: line, kernelTimeS: recordTimeS(classified) };
      const undecided = state.undecided;
      const phase = phaseTold(state, classified, here);
      if (phase !== undefined && !isAtLeast(state.phase, phase)) {
        state.phase = phase;
        const since = phase === "userspace" ? (undecided ?? here) : here;
        transitions.push({ kind: "phase", phase, ...since });
      }
      return transitions;
    },
  };
};

const newBoot = (): BootState => ({
  phase: undefined,
  sawKernelBanner: false,
  sawSeabios: false,
  sawSystemd: false,
  undecided: undefined,
});

const rebootBanner = (
  state: BootState,
  line: ClassifiedLine,
): "firmware" | "loader" | "kernel" | undefined => {
  const { message } = line;
  const isStamped = line.record !== undefined;
  const kernelRan = isAtLeast(state.phase, "kernel");
  if (!isStamped && kernelRan && marker.firmwareBanner.test(message)) return "firmware";
  if (!isStamped && state.sawSeabios && marker.seabiosBanner.test(message)) return "firmware";
  if (!isStamped && kernelRan && marker.loaderBanner.test(message)) return "loader";
  // Unstamped and with programs running it is `cat /proc/version`; the kernel prints it before its clock runs.
  const programsRan = isAtLeast(state.phase, "initrd");
  const isBanner =
    marker.kernelBanner.test(message) && (isStamped ? (recordTimeS(line) ?? 0) < 1 : !programsRan);
  return isBanner && (state.sawKernelBanner || programsRan) ? "kernel" : undefined;
};

const phaseTold = (
  state: BootState,
  line: ClassifiedLine,
  here: NonNullable<BootState["undecided"]>,
): ConsolePhase | undefined => {
  if (state.phase === "userspace") return undefined;
  const { message, source } = line;
  if (marker.rootInitStarts.test(message) && source === "kernel") {
    return marker.initrdStarts.test(message) ? "initrd" : "userspace";
  }
  const byProgram = phaseToldByProgram(state, message, here);
  if (byProgram !== undefined) return byProgram;
  if (source === "kernel" || line.record !== undefined) return "kernel";
  if (isAtLeast(state.phase, "kernel")) return undefined;
  if (marker.kernelLine.test(message)) return "kernel";
  return marker.loaderLine.test(message) ? "loader" : "firmware";
};

const phaseToldByProgram = (
  state: BootState,
  message: string,
  here: NonNullable<BootState["undecided"]>,
): ConsolePhase | undefined => {
  if (marker.systemdStarts.test(message)) {
    state.sawSystemd = true;
    state.undecided = here;
    return undefined;
  }
  if (marker.systemdInInitrd.test(message) || marker.welcomeInitrd.test(message)) {
    state.undecided = undefined;
    return "initrd";
  }
  if (marker.initramfsToolsLine.test(message)) return "initrd";
  if (marker.otherInit.test(message)) return "userspace";
  const isWelcome = marker.welcome.test(message);
  const decides =
    state.undecided !== undefined &&
    (isWelcome || (marker.systemdLine.test(message) && !marker.systemdUndecided.test(message)));
  // Where systemd's first line is hidden, its welcome is the first that is seen of it.
  if (!decides && !(isWelcome && !state.sawSystemd)) return undefined;
  state.undecided = undefined;
  return "userspace";
};
