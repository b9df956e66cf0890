/** How far a boot has come, as far as its console tells; a boot never goes back, a reboot starts again. */
export type ConsolePhase = keyof typeof ranks;

const ranks = { firmware: 0, loader: 1, kernel: 2, initrd: 3, userspace: 4 } as const;

export const isAtLeast = (phase: ConsolePhase | undefined, other: ConsolePhase): boolean =>
  phase !== undefined && ranks[phase] >= ranks[other];
