import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Shows a directory at another place of the same file system until disposed; undefined where this process may not mount. */
export const bindMount = (directory: string, place: string): Disposable | undefined => {
  mkdirSync(place, { recursive: true });
  if (spawnSync("mount", ["--bind", directory, place]).status !== 0) return undefined;
  return { [Symbol.dispose]: () => void spawnSync("umount", ["--lazy", place]) };
};
