import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a directory with its parents, if it is not there. Not by mkdir's `recursive`, which tries for ever below /proc
 * (Node.js 24: a parent that exists and yet answers ENOENT).
 * @throws what mkdir(2) says, as in EACCES; EEXIST or ENOTDIR where a file is in the way.
 */
export const makeDirectory = (path: string): void => {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || isDirectory(dirname(path))) throw error;
    makeDirectory(dirname(path));
    makeDirectory(path); // Which another process may have made in this moment.
  }
};

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
