// How a prune and those who use the cache keep out of each other's way, with no lock that can be left behind. A user
// first marks the entry and then looks for a prune; a prune first marks itself and then looks for users. Whichever was
// first, one of them sees the other: a user waits until the prune is over, a prune leaves marked entries alone.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./cache-dir.ts";
import { hostClock } from "./clock.ts";
import { deadlineAfter } from "./deadline.ts";
import { HostError, TimeoutError } from "./errors.ts";
import { liveMarks, markProcess, type ProcessMark, sweepMarks } from "./process-mark.ts";

/** A directory whose entries are marked together: a folder of the cache that may be a link to another cache's. */
const usersOf = (store: string): string => join(store, ".in-use");
const prunersOf = (store: string): string => join(store, ".pruning");

const own = new Map<string, ProcessMark>();
const waitMs = 60_000;
const lookAgainMs = 50;

/**
 * Keeps `entry` (relative to `store`) from being pruned until this process ends, whether it exists already or not. Call
 * it before looking whether the entry is there.
 * @throws {HostError} HOST_RESOURCE when the cache cannot be written; {TimeoutError} when a prune takes over a minute.
 */
export const useCacheEntry = async (store: string, entry: string): Promise<void> => {
  if (!marked(store, entry)) return;
  const deadline = deadlineAfter(waitMs);
  while (liveMarks(prunersOf(store)).some(({ isOwn }) => !isOwn)) {
    if (deadline.remainingMs() === 0) {
      throw new TimeoutError(`A \`bootwright cache prune\` in ${store} did not end within 60 s`);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    hostClock.after(lookAgainMs, resolve);
    await promise;
  }
};

/** The entries of `store` that live processes use, with their process ids. */
export const entriesInUse = (store: string): ReadonlyMap<string, number> =>
  new Map(
    liveMarks(usersOf(store)).flatMap(({ pid, text }) =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((entry) => [entry, pid] as const),
    ),
  );

/**
 * Has users of the stores wait until disposed.
 * @throws {HostError} HOST_RESOURCE when another prune is at work.
 */
export const holdUsers = (stores: readonly string[]): Disposable => {
  using held = new DisposableStack();
  for (const store of stores) {
    held.use(markProcess(prunersOf(store)));
    const other = liveMarks(prunersOf(store)).find(({ isOwn }) => !isOwn);
    if (other !== undefined) {
      throw new HostError(
        "HOST_RESOURCE",
        `Process ${other.pid} is pruning ${store} at this moment`,
        { hint: "Wait until it has ended" },
      );
    }
    sweepMarks(prunersOf(store));
    sweepMarks(usersOf(store));
  }
  return held.move();
};

// A cache of somebody else's, which this user may only read: what he uses there is told by his open files alone.
const mayOnlyRead = ["EACCES", "EPERM", "EROFS"];

const marked = (store: string, entry: string): boolean => {
  try {
    const mark = own.get(store) ?? markProcess(usersOf(store));
    own.set(store, mark);
    appendFileSync(mark.path, `${entry}\n`);
    return true;
  } catch (cause) {
    if (mayOnlyRead.includes((cause as NodeJS.ErrnoException).code ?? "")) return false;
    throw new HostError("HOST_RESOURCE", `Cache directory ${cacheDir()} cannot be written`, {
      hint: "Set BOOTWRIGHT_CACHE to a directory that can be written",
      cause,
    });
  }
};
