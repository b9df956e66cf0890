import { type ExecOptions, type ExecOutput, exec } from "../../harness/core/exec.ts";

/**
 * Runs a host program as root, or as root of a user namespace with sub-users: an OSTree deployment has files of other users.
 * @throws {HostError} as `exec`.
 */
export const execAsRoot = (
  file: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecOutput> =>
  process.getuid?.() === 0
    ? exec(file, args, options)
    : exec("unshare", ["--map-root-user", "--map-auto", "--", file, ...args], options);
