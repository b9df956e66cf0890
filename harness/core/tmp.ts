// The only importer of tmp-promise. Unix socket paths are limited to 108 bytes, so run-time directories are short.
import { tmpdir } from "node:os";
import { dir } from "tmp-promise";

export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** A private (mode 0700) directory under `TMPDIR`, removed with all it holds when disposed. */
export const tempDir = async (prefix = "bw-"): Promise<TempDir> => {
  const { path, cleanup } = await dir({
    prefix,
    tmpdir: tmpdir(),
    unsafeCleanup: true,
    mode: 0o700,
  });
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
