import { type Deadline, formatSeconds } from "../core/deadline.ts";
import type { Surroundings } from "./surroundings.ts";

interface ButtonView extends Pick<Surroundings, "clock" | "silentMs"> {
  /** For how long the vCPUs have computed or waited for a host CPU, ever; undefined when the host does not tell. */
  vcpuMs(): number | undefined;
}

/** A guest that hears its power button prints or computes within this time; one that idles on has no ear for it. */
const deafMs = 5000;
/** An idle guest computes less in that time. */
const idleMs = deafMs / 20;
/** A quiet systemd tells of a stop job after 25 s (JOBS_IN_PROGRESS_QUIET_WAIT_USEC in its manager.c). */
const silentMs = 30_000;
const lookAgainMs = 250;

/**
 * Waits for the end of a machine whose power button has just been pressed, for as long as the guest seems to heed it.
 * @param gone resolves when QEMU has ended.
 * @returns undefined when it ended; else in one sentence why there is nothing to wait for.
 */
export const heedsPowerButton = async (
  gone: Promise<unknown>,
  view: ButtonView,
  deadline: Deadline,
): Promise<string | undefined> => {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const pressedMs = view.clock.nowMs();
  const vcpuMsThen = view.vcpuMs();
  let cancel = (): void => undefined;
  const look = (): void => {
    const waitedMs = view.clock.nowMs() - pressedMs;
    // Since the press, and not lately: one that began to stop may wait in silence for a stop job.
    const computedMs = (view.vcpuMs() ?? Number.NaN) - (vcpuMsThen ?? Number.NaN);
    const why = whyNot({ waitedMs, silentMs: view.silentMs(), computedMs }, deadline);
    if (why === undefined) cancel = view.clock.after(lookAgainMs, look);
    else resolve(why);
  };
  look();
  void gone.then(() => resolve(undefined));
  try {
    return await promise;
  } finally {
    cancel();
  }
};

interface Seen {
  /** Since the press. */
  readonly waitedMs: number;
  /** Since the press; NaN when it is not known. */
  readonly computedMs: number;
  readonly silentMs: number;
}

const whyNot = (seen: Seen, deadline: Deadline): string | undefined => {
  const { waitedMs } = seen;
  const heardNothing = seen.silentMs >= waitedMs && seen.computedMs < idleMs;
  if (waitedMs >= deafMs && heardNothing) {
    return `The guest did not heed its power button: for ${formatSeconds(waitedMs)} it printed nothing and its vCPUs idled`;
  }
  if (waitedMs >= silentMs && seen.silentMs >= silentMs) {
    return `The guest did not power off: ${formatSeconds(waitedMs)} after its power button was pressed it had printed nothing for ${formatSeconds(seen.silentMs)}`;
  }
  return deadline.remainingMs() === 0
    ? `The guest did not power off within ${formatSeconds(deadline.timeoutMs)} of its power button`
    : undefined;
};
