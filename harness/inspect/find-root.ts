import type { DeploymentFact } from "./image-facts.ts";
import { resolvePath } from "./resolve-path.ts";
import type { DirectoryNode, TreeNode } from "./tree.ts";

export interface FoundRoot {
  /** Where in the partition. */
  readonly path: string;
  readonly root: DirectoryNode;
  readonly deployment?: DeploymentFact;
  /** Other deployments, by path. */
  readonly others: readonly string[];
}

export interface Candidate extends DeploymentFact {
  readonly path: string;
  readonly node: DirectoryNode;
}

/** Finds the root of the operating system in a volume: an OSTree deployment, or the volume's own root. */
export const findRoot = (volume: DirectoryNode): FoundRoot | undefined => {
  const deployments = deploymentsOn(volume);
  const chosen = deployments.find(({ path }) => path === bootedPath(volume)) ?? deployments[0];
  if (chosen !== undefined) {
    const { os, checksum, serial, path, node } = chosen;
    return {
      path,
      root: withSystemRoot(node, volume),
      deployment: { os, checksum, serial },
      others: deployments.filter((one) => one !== chosen).map((one) => one.path),
    };
  }
  return isRoot(volume) ? { path: "/", root: volume, others: [] } : undefined;
};

/**
 * Roots in the order in which they are taken: OSTree deployments first, because the volume of a plain root beside one is no
 * system that is booted; else as they lie on the disk.
 */
export const byPreference = <T extends Pick<FoundRoot, "deployment">>(
  roots: readonly T[],
): readonly T[] => [
  ...roots.filter(({ deployment }) => deployment !== undefined),
  ...roots.filter(({ deployment }) => deployment === undefined),
];

/** os-release(5), or what every Linux root has had for decades. */
const isRoot = (root: DirectoryNode): boolean => {
  const has = (path: string): boolean => resolvePath(root, path).kind === "found";
  if (has("/etc/os-release") || has("/usr/lib/os-release")) return true;
  return has("/etc") && (has("/usr/bin") || has("/bin")) && (has("/usr/lib") || has("/lib"));
};

/** OSTree keeps deployments in /ostree/deploy/OS/deploy/CHECKSUM.SERIAL: ostree's docs, "Deployments". */
export const deploymentsOn = (volume: DirectoryNode): readonly Candidate[] =>
  directories(volume, "/ostree/deploy").flatMap(([os]) =>
    directories(volume, `/ostree/deploy/${os}/deploy`).flatMap(([name, node]) => {
      const [, checksum, serial] = /^([0-9a-f]{64})\.(\d+)$/.exec(name) ?? [];
      if (checksum === undefined || !isRoot(withConfiguration(node))) return [];
      const path = `/ostree/deploy/${os}/deploy/${name}`;
      return [{ os, checksum, serial: Number(serial), path, node }];
    }),
  );

/** The link /ostree/boot.N/OS/BOOTCHECKSUM/0 of the newest boot directory leads to what is booted first. */
const bootedPath = (volume: DirectoryNode): string | undefined => {
  for (const boot of ["/ostree/boot.1", "/ostree/boot.0"]) {
    const found = resolvePath(volume, boot);
    if (found.kind !== "found" || found.node.kind !== "directory") continue;
    for (const [os] of directories(volume, boot)) {
      for (const [checksum] of directories(volume, `${boot}/${os}`)) {
        const first = resolvePath(volume, `${boot}/${os}/${checksum}/0`);
        if (first.kind === "found") return first.path;
      }
    }
  }
  return undefined;
};

const directories = (
  volume: DirectoryNode,
  path: string,
): readonly (readonly [string, DirectoryNode])[] => {
  const found = resolvePath(volume, path);
  if (found.kind !== "found" || found.node.kind !== "directory") return [];
  return [...found.node.entries]
    .flatMap(([name, node]) => (node.kind === "directory" ? [[name, node] as const] : []))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
};

/** A booted deployment sees the whole volume as /sysroot. */
const withSystemRoot = (deployment: DirectoryNode, volume: DirectoryNode): DirectoryNode =>
  withEntry(withConfiguration(deployment), "sysroot", volume);

/** A deployment that was not booted yet may have its configuration in /usr/etc only. */
const withConfiguration = (deployment: DirectoryNode): DirectoryNode => {
  const usrEtc = resolvePath(deployment, "/usr/etc");
  const hasOwn = resolvePath(deployment, "/etc").kind === "found";
  return hasOwn || usrEtc.kind !== "found" ? deployment : withEntry(deployment, "etc", usrEtc.node);
};

const withEntry = (directory: DirectoryNode, name: string, node: TreeNode): DirectoryNode => ({
  ...directory,
  entries: new Map([...directory.entries, [name, node]]),
});
