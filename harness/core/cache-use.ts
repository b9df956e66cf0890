// How a prune and those who use the cache keep out of each other's way, with no lock that can be left behind. A user
// first marks the entry and then looks for a prune; a prune first marks itself and then looks for users. Whichever was
// first, one of them sees the other: a user waits until the prune is over, a prune leaves marked entries alone.
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hostClock } from "./clock.ts";
import { deadlineAfter } from "./deadline.ts";
import { HostError } from "./errors.ts";
import { makeDirectory } from "./make-directory.ts";
import { livingProcess, processName, processNameForm } from "./process-name.ts";
import { removeAtEnd } from "./reaper.ts";

// Below a store, a directory whose entries are marked together: a folder of the cache, or a link to another cache's.
const usersOf = (store: string): string => join(store, ".in-use");
const prunersOf = (store: string): string => join(store, ".pruning");

const lookAgainMs = 50;
/** A prune holds its users for milliseconds. One that was stopped in the middle moves nothing after this time. */
const holdMs = 20_000;
/** The mark of a prune is heeded for this time: its process may be dead where that cannot be seen. */
const heededMs = 45_000;
const waitMs = 60_000;

const ownEntries = new Map<string, Set<string>>();

/**
 * Keeps `entry` (relative to `store`) from being pruned until this process ends, whether it exists already or not. Call
 * it before looking whether the entry is there.
 * @throws {HostError} HOST_RESOURCE when the store cannot be written, or a prune takes over a minute.
 */
export const useCacheEntry = async (store: string, entry: string): Promise<void> => {
  const entries = ownEntries.get(store) ?? new Set();
  ownEntries.set(store, entries.add(entry));
  const text = [...entries].map((line) => `${line}\n`).join("");
  if (mark(usersOf(store), text) === "may-only-read") return;
  const deadline = deadlineAfter(waitMs);
  for (let pruner = prunerOf(store); pruner !== undefined; pruner = prunerOf(store)) {
    if (deadline.remainingMs() === 0) throw atWork(pruner);
    const { promise, resolve } = Promise.withResolvers<void>();
    hostClock.after(lookAgainMs, resolve);
    await promise;
  }
};

/** The entries of `store` that are in use, and by whom. */
export const entriesInUse = (store: string): ReadonlyMap<string, string> =>
  new Map(
    liveMarks(usersOf(store)).flatMap(({ path, by }) =>
      textOf(path)
        .split("\n")
        .filter((line) => line !== "")
        .map((entry) => [entry, by] as const),
    ),
  );

/** Has users of the stores wait until disposed. */
export interface Hold extends Disposable {
  /** They do not wait any longer. */
  isOver(): boolean;
}

/** @throws {HostError} HOST_RESOURCE when another prune is at work, or a store cannot be written. */
export const holdUsers = (stores: readonly string[]): Hold => {
  const deadline = deadlineAfter(holdMs);
  using held = new DisposableStack();
  for (const store of stores) {
    if (mark(prunersOf(store), "") === "may-only-read") throw cannotWrite(store);
    held.defer(() => rmSync(join(prunersOf(store), processName()), { force: true }));
    const other = prunerOf(store);
    if (other !== undefined) throw atWork(other);
    for (const marks of [usersOf(store), prunersOf(store)]) sweep(marks);
  }
  const kept = held.move();
  return {
    isOver: () => deadline.remainingMs() === 0,
    [Symbol.dispose]: () => kept.dispose(),
  };
};

interface Mark {
  readonly path: string;
  /** The process that left it, in words. */
  readonly by: string;
}

const mark = (directory: string, text: string): "marked" | "may-only-read" => {
  const path = join(directory, processName());
  try {
    makeDirectory(directory);
    removeAtEnd(path);
    // With all that was marked before, as the directory may have been removed since; and to what other threads marked.
    appendFileSync(path, text);
    return "marked";
  } catch (cause) {
    // A cache of somebody else's: what this user uses there is told by his open files alone.
    const { code } = cause as NodeJS.ErrnoException;
    if (["EACCES", "EPERM", "EROFS"].includes(code ?? "")) return "may-only-read";
    throw cannotWrite(directory, cause);
  }
};

const liveMarks = (directory: string): readonly Mark[] =>
  markNames(directory).flatMap((name) => {
    const by = livingProcess(name);
    return by === undefined ? [] : [{ path: join(directory, name), by }];
  });

const prunerOf = (store: string): Mark | undefined =>
  liveMarks(prunersOf(store)).find(
    ({ path }) => !path.endsWith(`/${processName()}`) && ageMs(path) < heededMs,
  );

/** Removes the marks of processes that ended without a reaper. */
const sweep = (directory: string): void => {
  for (const name of markNames(directory))
    if (livingProcess(name) === undefined) rmSync(join(directory, name), { force: true });
};

const markNames = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory).filter((name) => nameForm.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
};

const nameForm = new RegExp(`^${processNameForm}$`);

/** Infinite for a mark that is gone. */
const ageMs = (path: string): number =>
  Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY);

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It ended in this moment.
  }
};

const atWork = ({ path, by }: Mark): HostError =>
  new HostError("HOST_RESOURCE", `A prune by ${by} is at work, as its mark ${path} says`, {
    hint: "Wait until it has ended, or remove the mark if that process is gone",
  });

const cannotWrite = (directory: string, cause?: unknown): HostError =>
  new HostError("HOST_RESOURCE", `Directory ${directory} cannot be written`, {
    hint: "Set BOOTWRIGHT_CACHE to a directory that can be written",
    cause,
  });
