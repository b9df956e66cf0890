// The only importer of tmp-promise, and only when it is used: its import fails where TMPDIR does not exist.
import { tmpdir } from "node:os";
import { HostError } from "./errors.ts";
import { removeAtEnd } from "./reaper.ts";

export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** sun_path's 107 bytes, less "/bw-1234567-123456789012" for the directory and a socket name of up to 36. */
export const maxTempParentBytes = 47;

/** `TMPDIR`, or `/tmp` where that is too long a path for unix sockets. */
export const tempParent = (): string =>
  Buffer.byteLength(tmpdir()) <= maxTempParentBytes ? tmpdir() : "/tmp";

/**
 * A private (mode 0700) directory, removed with all it holds when disposed, or when this process ends in another way.
 * @param parent default: `tempParent()`; name a directory of the cache for large files, because TMPDIR is often small.
 * @throws {HostError} HOST_RESOURCE when it cannot be made.
 */
export const tempDir = async (prefix = "bw", parent: string = tempParent()): Promise<TempDir> => {
  const { path, cleanup } = await makeDir(prefix, parent).catch((cause: unknown) => {
    throw new HostError("HOST_RESOURCE", `No temporary directory can be made in ${parent}`, {
      hint: "Set TMPDIR to a directory that exists and can be written",
      cause,
    });
  });
  removeAtEnd(path);
  let isGone = false;
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      if (isGone) return;
      isGone = true;
      await cleanup();
    },
  };
};

const makeDir = async (
  prefix: string,
  parent: string,
): Promise<{ readonly path: string; readonly cleanup: () => Promise<void> }> => {
  const { dir } = await import("tmp-promise");
  return dir({ prefix, tmpdir: parent, unsafeCleanup: true, mode: 0o700 });
};
