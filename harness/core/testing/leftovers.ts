import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Processes that have `text` in their arguments or run in a directory of such a path, as `PID ARGV`. Reapers are none:
 * they end last, by design.
 */
export const processesNaming = (text: string): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const argv = argvOf(pid);
      return argv.includes(text) || cwdOf(pid).includes(text) ? [`${pid} ${argv}`] : [];
    });

const cwdOf = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ""; // It ended, or is another user's.
  }
};

const argvOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // It ended between the listing and now.
  }
};
