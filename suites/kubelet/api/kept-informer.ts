import { setTimeout as pause } from "node:timers/promises";

/** What of the client's `Informer` is needed. */
export interface Restartable {
  on(verb: "error", told: (error: unknown) => void): void;
  start(): Promise<void>;
}

const pauseMs = 250;

/**
 * Starts an informer anew whenever its watch breaks, which happens from time to time; the list that follows says what was missed. An
 * API server that refuses at once, as one does whose etcd is slow, is not asked again without a pause.
 */
export const keepInformer = (informer: Restartable, isOver: () => boolean): void => {
  const restart = async (): Promise<void> => {
    await pause(pauseMs, undefined, { ref: false });
    if (isOver()) return;
    // What goes wrong in the list is told as `error`, too; what it throws is of the watch that follows.
    await informer.start().catch(() => void restart());
  };
  informer.on("error", () => void restart());
};
