import type { ExecOptions } from "../../harness/core/exec.ts";
import { toolPath } from "../../harness/core/tool.ts";
import { sourceDateEpoch } from "../builder/mmdebstrap.ts";
import { execAsRoot } from "./as-root.ts";

/**
 * Runs the host's ostree.
 * @returns what it printed on stdout.
 * @throws {HostError} as `exec`.
 */
export const ostree = async (
  args: readonly string[],
  options: Pick<ExecOptions, "encoding"> = {},
): Promise<string> => {
  const { stdout } = await execAsRoot(toolPath("ostree"), args, {
    ...options,
    // The immutable flag would outlive the file system that is made of the deployment only as an obstacle to its removal.
    env: { OSTREE_SYSROOT_DEBUG: "mutable-deployments", SOURCE_DATE_EPOCH: sourceDateEpoch },
  });
  return stdout;
};

/** As `ostree`, for what works on one repository. */
export const ostreeIn = (repo: string, ...args: readonly string[]): Promise<string> =>
  ostree([`--repo=${repo}`, ...args]);

/** Makes an empty repository. */
export const initRepository = async (repo: string, mode: "bare" | "archive"): Promise<void> => {
  await ostreeIn(repo, "init", `--mode=${mode}`);
};

/** Files and folders of a commit are hard links where both repositories are of one kind and on one file system. */
export const pullLocal = async (from: string, to: string, rev: string): Promise<void> => {
  // What a host that crashes leaves is built anew.
  await ostreeIn(to, "pull-local", "--disable-fsync", from, rev);
};
