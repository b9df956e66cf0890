import { join, resolve } from "node:path";

/**
 * Where the history is: `BOOTWRIGHT_HISTORY`, else `bootwright-runs/history.sqlite` below the working directory, beside
 * the run directories that `bootwright run` makes. It is no part of the cache: a prune must not touch it.
 */
export const historyPath = (): string => {
  const named = process.env["BOOTWRIGHT_HISTORY"];
  return resolve(
    named !== undefined && named !== "" ? named : join("bootwright-runs", "history.sqlite"),
  );
};
