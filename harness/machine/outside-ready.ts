import { type Deadline, withDeadline } from "../core/deadline.ts";
import type { RunningMachine } from "./running-machine.ts";

/** Silence after which a guest in userspace counts as settled, by accelerator. */
const settledMs = { kvm: 10_000, tcg: 30_000 } as const;
const loginPrompt = /(^|\s)login: ?$/;

/**
 * Readiness as seen from outside: the console text that the manifest names; without one, a login prompt, or a guest
 * that reached its initrd or userspace and then neither printed nor computed for a while.
 */
export const outsideReady = async (
  machine: RunningMachine,
  deadline: Deadline,
  why: string,
): Promise<void> => {
  const { manifest, accel } = machine.plan;
  const wanted = manifest.ready.kind === "console" ? manifest.ready.text : undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  let cancel = (): void => undefined;
  let settle = (): void => undefined;
  const look = (): void => {
    const lines = machine.engine.lastLines(20);
    if (wanted !== undefined) {
      if (lines.some((line) => line.includes(wanted))) resolve();
      return;
    }
    cancel();
    if (loginPrompt.test(lines.at(-1) ?? ""))
      cancel = machine.clock.after(settledMs[accel] / 3, resolve);
    else cancel = machine.clock.after(settledMs[accel], settle);
  };
  settle = () => {
    const { phase } = machine.engine;
    const isStarted = phase === "initrd" || phase === "userspace";
    if (isStarted && machine.isIdle(settledMs[accel] / 2)) resolve();
    else look();
  };
  machine.onText = look;
  look();
  try {
    const what =
      wanted === undefined ? `A settled guest (${why})` : `Console text ${JSON.stringify(wanted)}`;
    await withDeadline(promise, deadline, what, () =>
      JSON.stringify(machine.engine.lastLines(1)[0] ?? ""),
    );
  } finally {
    machine.onText = undefined;
    cancel();
  }
};
