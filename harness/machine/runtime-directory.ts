import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../core/cache-dir.ts";
import { tempDir } from "../core/tmp.ts";

/** Where a process keeps what lives no longer than itself. */
export interface RuntimeDirectory extends AsyncDisposable {
  /** Short, for unix sockets (108 bytes at most); under TMPDIR. */
  readonly socketsPath: string;
  /** Roomy, for overlays and data disks; in the cache, because TMPDIR is often small. */
  readonly disksPath: string;
}

/**
 * Makes the directories and starts a reaper: a shell that waits for the end of its standard input, which the kernel
 * closes when this process ends in whatever way, SIGKILL included, and then removes them. QEMU itself is ended by the
 * kernel's parent-death signal (see qemu-process.ts).
 */
export const createRuntimeDirectory = async (): Promise<RuntimeDirectory> => {
  const sockets = await tempDir();
  const parent = join(cacheDir(), "run");
  mkdirSync(parent, { recursive: true });
  const disksPath = mkdtempSync(join(parent, "bw-"));
  const reaper = spawn(
    "/bin/sh",
    ["-c", 'read -r line; rm -rf -- "$@"', "bootwright-reaper", sockets.path, disksPath],
    // A session of its own: Ctrl-C at the terminal goes to the whole foreground group.
    { detached: true, stdio: ["pipe", "ignore", "ignore"] },
  );
  reaper.unref();
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  reaper.once("close", () => resolve());
  reaper.once("error", () => resolve());
  return {
    socketsPath: sockets.path,
    disksPath,
    [Symbol.asyncDispose]: async () => {
      rmSync(disksPath, { recursive: true, force: true });
      await sockets[Symbol.asyncDispose]();
      // Without the reference the event loop could run dry before the shell has ended.
      reaper.ref();
      reaper.stdin?.end();
      await gone;
    },
  };
};
