/** How far a boot has come, as far as its console tells; a boot never goes back, a reboot starts again. */
const consolePhases = ["firmware", "loader", "kernel", "initrd", "userspace"] as const;
export type ConsolePhase = (typeof consolePhases)[number];

export const isAtLeast = (phase: ConsolePhase | undefined, other: ConsolePhase): boolean =>
  phase !== undefined && consolePhases.indexOf(phase) >= consolePhases.indexOf(other);
