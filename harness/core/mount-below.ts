import { readFileSync } from "node:fs";

/** The first place at or below `path` (a real path) where something is mounted, a bind mount of the same disk included. */
export const mountBelow = (path: string): string | undefined =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => unescaped(line.split(" ")[4] ?? ""))
    .find((place) => place === path || place.startsWith(`${path}/`));

/** Space, tab, newline and backslash are octal there (proc_pid_mountinfo(5)). */
const unescaped = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
