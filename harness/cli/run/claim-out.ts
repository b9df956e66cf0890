import { existsSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { createRunDirectory } from "../../results/run-directory.ts";

/** A run directory that goes again when disposed, unless a run was recorded in it. */
export interface ClaimedOut extends Disposable {
  /** Absolute. */
  readonly directory: string;
}

/**
 * Makes the run directory before the long work begins, so that a bad `--out` is told at once.
 * @throws {UsageError} when the path is a file or holds anything; {HostError} HOST_RESOURCE when it cannot be written.
 */
export const claimOut = (path: string): ClaimedOut => {
  const wasThere = existsSync(path);
  const directory = createRunDirectory(path);
  return {
    directory,
    [Symbol.dispose]: () => {
      if (existsSync(join(directory, "run.json"))) return;
      try {
        rmdirSync(join(directory, "boots"));
        if (!wasThere) rmdirSync(directory);
      } catch {
        // Somebody else put something there: it is theirs.
      }
    },
  };
};
