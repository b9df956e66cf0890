import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The directories in `parent` that have a run.json, by name; none where `parent` cannot be read. */
export const findRunDirectories = (parent: string): readonly string[] => {
  try {
    return readdirSync(parent)
      .map((name) => join(parent, name))
      .filter((path) => existsSync(join(path, "run.json")))
      .toSorted();
  } catch {
    return [];
  }
};
