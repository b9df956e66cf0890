import { type Deadline, formatSeconds } from "../core/deadline.ts";
import type { Surroundings } from "./surroundings.ts";

/** A guest that hears its power button prints or computes within this time; one that idles on has no ear for it. */
const deafMs = 5000;
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
  view: Pick<Surroundings, "clock" | "silentMs" | "isIdle">,
  deadline: Deadline,
): Promise<string | undefined> => {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const pressedMs = view.clock.nowMs();
  let cancel = (): void => undefined;
  const look = (): void => {
    const waitedMs = view.clock.nowMs() - pressedMs;
    const why = whyNot(waitedMs, view, deadline);
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

const whyNot = (
  waitedMs: number,
  view: Pick<Surroundings, "silentMs" | "isIdle">,
  deadline: Deadline,
): string | undefined => {
  const saidNothing = view.silentMs() >= waitedMs;
  if (saidNothing && waitedMs >= deafMs && view.isIdle(deafMs)) {
    return `The guest did not heed its power button: for ${formatSeconds(waitedMs)} it printed nothing and its vCPUs idled`;
  }
  if (waitedMs >= silentMs && view.silentMs() >= silentMs) {
    return `The guest did not power off: ${formatSeconds(waitedMs)} after its power button was pressed it had printed nothing for ${formatSeconds(view.silentMs())}`;
  }
  return deadline.remainingMs() === 0
    ? `The guest did not power off within ${formatSeconds(deadline.timeoutMs)} of its power button`
    : undefined;
};
