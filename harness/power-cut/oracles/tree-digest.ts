import { createHash } from "node:crypto";
import { type DirectoryNode, entriesBelow } from "../../inspect/tree.ts";
import type { LookedAt } from "../disk-view.ts";

/**
 * Names what a directory holds: paths, kinds, permissions, owners, contents, targets of links. undefined when some of it
 * cannot be read.
 * @param isLeftOut paths, absolute in the directory, that do not count, with all below them.
 */
export const treeDigest = (
  { digest, volume }: LookedAt,
  root: DirectoryNode,
  isLeftOut: (path: string) => boolean = () => false,
): string | undefined => {
  const problemsBefore = volume.problems.length;
  const hash = createHash("sha256");
  for (const { path, node } of entriesBelow(root, "", isLeftOut)) {
    const { kind, mode, uid, gid } = node;
    const content = kind === "file" ? digest(node) : kind === "link" ? node.target : "";
    if (content === undefined) return undefined;
    hash.update(JSON.stringify([path, kind, mode, uid, gid, content]));
  }
  return volume.problems.length === problemsBefore ? hash.digest("hex") : undefined;
};
