import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processName } from "../process-name.ts";

/** The maker of foreign marks, in words. */
export const foreigner = "process 7 in another container (web)";

/** Puts the mark of a process in another container into `directory`: it counts as alive until it is removed. */
export const writeForeignMark = (directory: string, text: string): string => {
  mkdirSync(directory, { recursive: true });
  const parts = processName().split("-");
  const path = join(directory, ["7", "1", "99", parts[3], "ba9876543210", "web"].join("-"));
  writeFileSync(path, text);
  return path;
};
