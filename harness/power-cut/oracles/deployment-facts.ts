import { printable } from "../../core/printable.ts";
import { resolvePath } from "../../inspect/resolve-path.ts";
import { type DirectoryNode, entriesBelow } from "../../inspect/tree.ts";
import type { LookedAt } from "../disk-view.ts";
import { treeDigest } from "./tree-digest.ts";

/** What the kernel and OSTree's initrd find on a root partition. */
export interface DeploymentFacts {
  readonly problems: readonly string[];
  /** By the paths that `ostree=` may name. */
  readonly deployments: Readonly<Record<string, Deployment>>;
}

export interface Deployment {
  readonly commit: string;
  /** Names all of it but /etc and /var; undefined when some of it cannot be read. */
  readonly tree: string | undefined;
  /** What its /etc lacks. */
  readonly etcProblems: readonly string[];
  /** sha256 of files of its /etc, by path. */
  readonly etc: Readonly<Record<string, string | undefined>>;
}

export interface EtcExpectations {
  /** Files that are kept over releases, by path below /etc, as in `/etc/hostname`. */
  readonly kept: readonly string[];
  /** Defaults that the node's owner took away. */
  readonly deleted: readonly string[];
}

const maxProblems = 5;
const linkName = /^\/ostree\/boot\.[01]\/[^/]+\/[0-9a-f]{64}\/\d+$/;
const deploymentPath = /^\/ostree\/deploy\/[^/]+\/deploy\/([0-9a-f]{64})\.\d+$/;

export const deploymentFacts = (looked: LookedAt, etc: EtcExpectations): DeploymentFacts => {
  const { root, problems } = looked.volume;
  const byPlace = new Map<string, Deployment>();
  const deployments: Record<string, Deployment> = {};
  for (const path of bootLinks(root)) {
    const found = resolvePath(root, path);
    const commit = found.kind === "found" ? deploymentPath.exec(found.path)?.[1] : undefined;
    if (found.kind !== "found" || found.node.kind !== "directory" || commit === undefined) continue;
    const known = byPlace.get(found.path) ?? describe(looked, commit, found.node, etc);
    byPlace.set(found.path, known);
    deployments[path] = known;
  }
  return { deployments, problems: problems.slice(0, maxProblems) };
};

/** `/ostree/boot.1` is a link to the one that counts of `boot.1.0` and `boot.1.1`: ostree(1), "sysroot". */
const bootLinks = (root: DirectoryNode): readonly string[] =>
  ["/ostree/boot.0", "/ostree/boot.1"].flatMap((boot) => {
    const found = resolvePath(root, boot);
    if (found.kind !== "found" || found.node.kind !== "directory") return [];
    return entriesBelow(found.node, boot)
      .map(({ path }) => path)
      .filter((path) => linkName.test(path));
  });

const describe = (
  looked: LookedAt,
  commit: string,
  root: DirectoryNode,
  { kept, deleted }: EtcExpectations,
): Deployment => ({
  commit,
  tree: treeDigest(looked, root, (path) => path === "/etc" || path === "/var"),
  etcProblems: etcProblems(root, deleted),
  etc: Object.fromEntries(
    kept.map((path) => {
      const found = resolvePath(root, path);
      const isFile = found.kind === "found" && found.node.kind === "file";
      return [path, isFile ? looked.digest(found.node) : undefined];
    }),
  ),
});

/** Every default is there, as what it is, and none has lost its content. */
const etcProblems = (root: DirectoryNode, deleted: readonly string[]): readonly string[] => {
  const defaults = resolvePath(root, "/usr/etc");
  const own = resolvePath(root, "/etc", { lastLink: "kept" });
  if (defaults.kind !== "found" || defaults.node.kind !== "directory") return ["no /usr/etc"];
  if (own.kind !== "found" || own.node.kind !== "directory") return ["no /etc"];
  const etc = own.node;
  const isDeleted = (path: string): boolean => deleted.includes(`/etc${path}`);
  const problems = entriesBelow(defaults.node, "", isDeleted).flatMap(({ path, node }) => {
    const found = resolvePath(etc, path, { lastLink: "kept" });
    const shown = printable(`/etc${path}`, 200);
    if (found.kind !== "found") return [`${shown} is missing`];
    if (found.node.kind !== node.kind) return [`${shown} is a ${found.node.kind}`];
    const isEmptied = node.kind === "file" && node.sizeBytes > 0 && found.node.sizeBytes === 0;
    return isEmptied ? [`${shown} is empty`] : [];
  });
  return problems.slice(0, maxProblems);
};
