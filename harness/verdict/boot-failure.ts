/** Why a boot failed: a closed list. Witnesses are the console and QMP. */
export const bootFailureKinds = [
  "panic",
  "oops",
  "emergency-shell",
  "failed-unit",
  "hang",
  "reboot-loop",
  "triple-fault",
  "watchdog",
  "qemu-died",
  "host-oom",
  "no-agent",
  "timeout",
  "emulator-fault",
] as const;
export type BootFailureKind = (typeof bootFailureKinds)[number];

export type Culprit = "image" | "host" | "emulator";

/** Host and emulator faults are never the image's fault and never its alibi: they make a boot inconclusive. */
export const culpritOf = (kind: BootFailureKind): Culprit => {
  switch (kind) {
    case "qemu-died":
    case "host-oom":
      return "host";
    case "emulator-fault":
      return "emulator";
    default:
      return "image";
  }
};

/** How far a boot can have come by its console. */
export const consolePhaseNames = ["firmware", "loader", "kernel", "initrd", "userspace"] as const;

export interface BootFailure {
  readonly kind: BootFailureKind;
  /** One sentence with what was seen; guest text in it is already printable. */
  readonly reason: string;
  readonly witness: "console" | "qmp" | "process" | "agent" | "clock";
  /** 1-based line of console.log, where the console is the witness. */
  readonly line?: number;
  /** Id of the row of the console's pattern table that this line fits; of a hang, of what the kernel told before. */
  readonly pattern?: string;
  /** What the machine was doing at this line. */
  readonly phase?: (typeof consolePhaseNames)[number];
  /** Console lines around it, printable. */
  readonly context?: readonly string[];
}
