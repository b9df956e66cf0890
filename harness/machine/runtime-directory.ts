import { join } from "node:path";
import { cacheDir } from "../core/cache-dir.ts";
import { HostError } from "../core/errors.ts";
import { makeDirectory } from "../core/make-directory.ts";
import { processName } from "../core/process-name.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";

/** Where a process keeps what lives no longer than itself. */
export interface RuntimeDirectory extends AsyncDisposable {
  /** Short, for unix sockets (108 bytes at most); under TMPDIR. */
  readonly socketsPath: string;
  /** Roomy, for overlays and data disks; in the cache, because TMPDIR is often small. */
  readonly disksPath: string;
}

/**
 * Makes the directories. They go when disposed, or with this process, however that ends (see core/reaper.ts); QEMU
 * itself is ended by the kernel's parent-death signal (see qemu-process.ts).
 * @throws {HostError} HOST_RESOURCE when they cannot be made.
 */
export const createRuntimeDirectory = async (): Promise<RuntimeDirectory> => {
  await using made = new AsyncDisposableStack();
  const sockets = made.use(await tempDir());
  const disks = made.use(await roomyDirectory());
  const kept = made.move();
  return {
    socketsPath: sockets.path,
    disksPath: disks.path,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};

/**
 * A private directory in the cache for large files; it goes when disposed, or with this process.
 * @throws {HostError} HOST_RESOURCE when it cannot be made.
 */
export const roomyDirectory = async (): Promise<TempDir> =>
  tempDir(`bw-${processName()}`, runParent());

const runParent = (): string => {
  const parent = join(cacheDir(), "run");
  try {
    makeDirectory(parent);
    return parent;
  } catch (cause) {
    throw new HostError("HOST_RESOURCE", `Cache directory ${cacheDir()} cannot be written`, {
      hint: "Set BOOTWRIGHT_CACHE to a directory that can be written",
      cause,
    });
  }
};
