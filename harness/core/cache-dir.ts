import { accessSync, constants, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { HostError } from "./errors.ts";
import { makeDirectory } from "./make-directory.ts";

/**
 * Where built images, the tools tree and probe results are kept: `BOOTWRIGHT_CACHE`, else the XDG cache. When that
 * cannot be written (a read-only HOME) a directory under TMPDIR serves, which is said by `doctor`.
 * @throws {HostError} HOST_RESOURCE when that one is not ours: what lies in a cache is started.
 */
export const cacheDir = (): string => {
  const named = process.env["BOOTWRIGHT_CACHE"];
  if (named !== undefined && named !== "") return resolve(named);
  const xdg = process.env["XDG_CACHE_HOME"];
  const wanted = join(
    xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache"),
    "bootwright",
  );
  return isWritable(wanted) ? wanted : cacheUnderTmpdir();
};

const isWritable = (path: string): boolean => {
  try {
    makeDirectory(path);
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const cacheUnderTmpdir = (): string => {
  const uid = process.getuid?.() ?? 0;
  const path = join(tmpdir(), `bootwright-cache-${uid}`);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    // It is there already, or whoever writes to it will tell why not.
  }
  const facts = lstatSync(path, { throwIfNoEntry: false });
  const isOurs = facts?.isDirectory() === true && facts.uid === uid && (facts.mode & 0o022) === 0;
  if (facts === undefined || isOurs) return path;
  throw new HostError("HOST_RESOURCE", `Cache directory ${path} is not this user's alone`, {
    hint: "Set BOOTWRIGHT_CACHE to a directory of your own, or remove that one",
  });
};
