import { exec } from "../../harness/core/exec.ts";

/** Every file time and every generated id in our images derives from this, so that two builds are alike. */
export const sourceDateEpoch = "1735689600";

export interface MmdebstrapOptions {
  /** A roomy directory that goes with this process. */
  readonly workDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly onLine: (line: string) => void;
}

/**
 * Runs mmdebstrap so that nothing of it outlives this process. As root it mounts /proc, /sys and /dev/pts below its
 * directory, which a killed build would leave in the host's mount table: so it gets namespaces of its own, which end with
 * all processes and mounts in them. Other users' mmdebstrap makes such namespaces itself, with sub-users who may enter
 * TMPDIR but not our directory.
 * @throws {HostError} as `exec`.
 */
export const runMmdebstrap = async (
  args: readonly string[],
  { workDir, env = {}, timeoutMs, onLine }: MmdebstrapOptions,
): Promise<void> => {
  const isRoot = process.getuid?.() === 0;
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child"];
  const canUnshare =
    isRoot &&
    (await exec("unshare", [...namespaces, "true"]).then(
      () => true,
      () => false,
    ));
  const [program, ...before] = canUnshare
    ? (["unshare", ...namespaces, "mmdebstrap"] as const)
    : (["mmdebstrap"] as const);
  await exec(program, [...before, ...args], {
    env: { SOURCE_DATE_EPOCH: sourceDateEpoch, ...(isRoot ? { TMPDIR: workDir } : {}), ...env },
    timeoutMs,
    // unshare ignores SIGTERM, and takes its namespaces with it; mmdebstrap cleans up, and ends its process group.
    endSignal: canUnshare ? "KILL" : "TERM",
    onLine,
  });
};
