import { HostError } from "./errors.ts";
import { exec } from "./exec.ts";
import { mountBelow } from "./mount-below.ts";

/**
 * Removes a file or folder (a real path) with all that is in it, but never what is mounted there.
 * @throws {HostError} HOST_RESOURCE when something is mounted there; COMMAND_FAILED when rm(1) does.
 */
export const removeTree = async (path: string): Promise<void> => {
  const mount = mountBelow(path);
  if (mount !== undefined) {
    throw new HostError("HOST_RESOURCE", `${path} cannot be removed: ${mount} is a mount`, {
      hint: `Unmount ${mount}`,
    });
  }
  // Not by Node.js: its rm empties what is mounted in this moment, and fails only then.
  await exec("rm", ["-rf", "--one-file-system", "--", path]);
};
