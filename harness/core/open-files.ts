import { readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/** The same for all paths of a file, in whatever container or mount they are. */
export const fileIdentity = ({ dev, ino }: Pick<Stats, "dev" | "ino">): string => `${dev}:${ino}`;

/** By identity, what processes have open, with one process id each; only of processes that this user may look into. */
export const openFiles = (): ReadonlyMap<string, number> =>
  new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => openFilesOf(pid).map((identity) => [identity, Number(pid)] as const)),
  );

const openFilesOf = (pid: string): readonly string[] => {
  const directory = join("/proc", pid, "fd");
  try {
    return readdirSync(directory).flatMap((fd) => identityOf(join(directory, fd)));
  } catch {
    return []; // It ended in this moment, or is another user's.
  }
};

const identityOf = (path: string): readonly string[] => {
  try {
    return [fileIdentity(statSync(path))];
  } catch {
    return []; // Closed in this moment.
  }
};
