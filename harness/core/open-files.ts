import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Files below `directory` (a real path) that processes have open, with one process id each; only what this user may see. */
export const openFilesBelow = (directory: string): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const path of openFilesOf(pid))
      if (path.startsWith(`${directory}/`)) found.set(path, Number(pid));
  }
  return found;
};

const openFilesOf = (pid: string): readonly string[] => {
  const directory = join("/proc", pid, "fd");
  try {
    return readdirSync(directory).flatMap((fd) => linkOf(join(directory, fd)));
  } catch {
    return []; // It ended in this moment, or is another user's.
  }
};

const linkOf = (path: string): readonly string[] => {
  try {
    return [readlinkSync(path)];
  } catch {
    return []; // Closed in this moment.
  }
};
