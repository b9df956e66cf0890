import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Replaces a file in one step, so that a reader (or a power cut) sees the old text or the new one, never half. */
export const writeFileAtomic = (path: string, content: string | Uint8Array): void => {
  const next = `${path}.next`;
  try {
    const fd = openSync(next, "w", 0o644);
    try {
      // Not writeSync: on a nearly full disk that writes a part and reports no error.
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
};
