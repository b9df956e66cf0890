import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where built images, the tools tree and probe results are kept: `BOOTWRIGHT_CACHE`, else the XDG cache. When that
 * cannot be written (a read-only HOME) a directory under TMPDIR serves, which is said by `doctor`.
 */
export const cacheDir = (): string => {
  const named = process.env["BOOTWRIGHT_CACHE"];
  if (named !== undefined && named !== "") return named;
  const xdg = process.env["XDG_CACHE_HOME"];
  const wanted = join(
    xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache"),
    "bootwright",
  );
  return isWritable(wanted)
    ? wanted
    : join(tmpdir(), `bootwright-cache-${process.getuid?.() ?? 0}`);
};

const isWritable = (path: string): boolean => {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
