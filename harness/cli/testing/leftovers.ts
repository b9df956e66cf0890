import { readdirSync, readFileSync } from "node:fs";

/** Processes that have `text` in their arguments, as `PID ARGV`. Reapers are none: they end last, by design. */
export const processesNaming = (text: string): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const argv = argvOf(pid);
      return argv.includes(text) ? [`${pid} ${argv}`] : [];
    });

const argvOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // It ended between the listing and now.
  }
};
