import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const foreignPid = 7;

/** Puts the mark of a process in another container into `directory`: it counts as alive until it is removed. */
export const writeForeignMark = (directory: string, text: string): string => {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().replaceAll("-", "");
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${foreignPid}-1-99-${boot}`);
  writeFileSync(path, text);
  return path;
};
