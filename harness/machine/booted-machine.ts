import type { Disk, MachineSpec } from "../../qemu/machine-spec.ts";
import type { AgentClient, PowerOffWay } from "../agent/agent-client.ts";
import type { Deadline } from "../core/deadline.ts";
import type { MachineFacts } from "../results/machine-facts.ts";
import type { PhaseName, TimelineRecord } from "../results/timeline-record.ts";
import type { VcpuLoad, VcpuLoadSample } from "../results/vcpu-load.ts";
import type { MachineFailure } from "./machine-failure.ts";
import type { MachinePlan } from "./machine-plan.ts";
import type { PacketCapture } from "./packet-capture.ts";

/** What can be seen of a machine from power-on. */
export interface BootingMachine {
  /** Resolves when the agent says hello; undefined when the machine ends before, or never has one. Never rejects. */
  readonly agent: Promise<AgentClient | undefined>;
  /** The port of 127.0.0.1 that leads to this port of the guest. */
  hostPort(guestPort: number): number | undefined;
}

/** A machine that reached its ready point. Disposing it ends QEMU and removes its disks. */
export interface BootedMachine extends AsyncDisposable {
  readonly plan: MachinePlan;
  readonly spec: MachineSpec;
  /** The directory below `boots/`, as in "01". */
  readonly bootId: string;
  /** Grows when a suite says `reached`. */
  readonly timeline: TimelineRecord;
  readonly load: VcpuLoad;
  /** What the host gave its vCPUs up to now; undefined when QEMU has ended. Adds to `load`. */
  sampleLoad(): VcpuLoadSample | undefined;
  /** Secure Boot and TPM, as given and as the guest sees them. */
  readonly facts: MachineFacts;
  /** Undefined when the image takes no agent: only outside checks can run. */
  readonly agent: AgentClient | undefined;
  /** Host milliseconds since power-on. */
  nowMs(): number;
  /** Adds phases that come after the ready point to the timeline: each begins where the one before ends. */
  reached(phases: readonly ReachedPhase[]): void;
  /** The first thing that went wrong since power-on, while nothing was expected to. */
  failure(): MachineFailure | undefined;
  /** The same after up to 1.5 s, in which the witnesses of what just broke can speak. */
  settledFailure(): Promise<MachineFailure | undefined>;
  /** Resolves when QEMU has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Sends bytes to the guest's serial console, as a keyboard would. */
  typeOnConsole(bytes: Uint8Array): void;
  /** The port of 127.0.0.1 that leads to this port of the guest. */
  hostPort(guestPort: number): number | undefined;
  /** Presses keys of the keyboard together and lets them go; names are QEMU's (QKeyCode), as in `ctrl`, `alt`, `f2`. */
  pressKeys(keys: readonly string[], deadline: Deadline): Promise<void>;
  /** What was sent over the network so far; undefined for a machine without a network card. */
  packets(): PacketCapture | undefined;
  /** All that the serial console has shown so far, printable; of a long log the end. */
  consoleLines(): readonly string[];
  /** Console lines that fit a row of the pattern table which tells of a failure, whether or not it was proven; the first 100. */
  consoleComplaints(): readonly ConsoleComplaint[];
  /** The newest console lines, printable. */
  consoleTail(lines: number): readonly string[];
  protocolCounters(): Readonly<Record<string, number>>;
  /**
   * Asks the guest to power off and waits for QEMU's end: through the agent, else by the power button. A guest without
   * agent may have no ear for that: QEMU is then told to quit, and `uncleanEnd` says so.
   * @throws {TimeoutError} when a guest with an agent does not go; {QemuError} QEMU_DIED. QEMU is then ended by force.
   */
  powerOff(deadline: Deadline, way?: PowerOffWay): Promise<StoppedMachine>;
  /**
   * Ends QEMU by SIGKILL, at once: the guest's journal is not fetched before. Only what the guest has not yet handed to its disks is
   * lost: what it handed over and did not flush is there, so this is no power cut.
   */
  kill(): Promise<StoppedMachine>;
}

/** A console line that tells of a failure. */
export interface ConsoleComplaint {
  /** 1-based line of console.log. */
  readonly line: number;
  /** The row of the pattern table. */
  readonly pattern: string;
  /** Printable. */
  readonly text: string;
}

/** A phase that a suite saw the end of. */
export interface ReachedPhase {
  readonly name: Extract<PhaseName, "cri-ready" | "kubelet-healthy" | "node-ready">;
  /** Since power-on. */
  readonly endMs: number;
  /** What proved it. */
  readonly witness: string;
}

/** A machine that has ended; its disks are complete and can be examined. It has no agent. */
export interface StoppedMachine extends AsyncDisposable {
  readonly plan: MachinePlan;
  readonly disks: readonly Disk[];
  /** The UEFI variable store; absent on other machines. */
  readonly firmwareVariables?: string;
  /** How the guest ended other than by powering off, in one sentence: what it had not yet written is lost then. */
  readonly uncleanEnd?: string;
  /** For files made while examining the disks. */
  readonly scratchPath: string;
}
